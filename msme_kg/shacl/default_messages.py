"""What the constraints of SHACL Core ask, in both languages: for shapes that have no message of their own."""

from __future__ import annotations

DEFAULT_MESSAGES: dict[str, tuple[str, str]] = {
    "And": ("It must conform to each of several shapes.", "須符合各個形狀。"),
    "Class": ("It must be an instance of {$class}.", "須為 {$class} 之實例。"),
    "Closed": ("The shape is closed and does not allow this property.", "此形狀為封閉，不許此屬性。"),
    "Datatype": ("It must be a literal of the datatype {$datatype}.", "須為資料型別 {$datatype} 之文字。"),
    "Disjoint": ("It must not be a value of {$disjoint} too.", "不得同時為 {$disjoint} 之值。"),
    "Equals": ("The values must be those of {$equals}.", "其值須與 {$equals} 之值相同。"),
    "HasValue": ("{$hasValue} must be among the values.", "其值須包含 {$hasValue}。"),
    "In": ("It must be one of {$in}.", "須為下列之一：{$in}。"),
    "LanguageIn": ("Its language tag must be one of {$languageIn}.", "語言標籤須為下列之一：{$languageIn}。"),
    "LessThan": ("It must be less than the values of {$lessThan}.", "須小於 {$lessThan} 之值。"),
    "LessThanOrEquals": (
        "It must be at most the values of {$lessThanOrEquals}.",
        "不得大於 {$lessThanOrEquals} 之值。",
    ),
    "MaxCount": ("There may be at most {$maxCount} of these.", "至多可有 {$maxCount} 個值。"),
    "MaxExclusive": ("It must be less than {$maxExclusive}.", "須小於 {$maxExclusive}。"),
    "MaxInclusive": ("It must be at most {$maxInclusive}.", "不得大於 {$maxInclusive}。"),
    "MaxLength": ("It may have at most {$maxLength} characters.", "至多可有 {$maxLength} 個字元。"),
    "MinCount": ("At least {$minCount} of these must be there.", "至少須有 {$minCount} 個值。"),
    "MinExclusive": ("It must be greater than {$minExclusive}.", "須大於 {$minExclusive}。"),
    "MinInclusive": ("It must be at least {$minInclusive}.", "不得小於 {$minInclusive}。"),
    "MinLength": ("It must have at least {$minLength} characters.", "至少須有 {$minLength} 個字元。"),
    "Node": ("It must conform to the shape {$node}.", "須符合形狀 {$node}。"),
    "NodeKind": ("It must be of the kind {$nodeKind}.", "節點種類須為 {$nodeKind}。"),
    "Not": ("It must not conform to the shape {$not}.", "不得符合形狀 {$not}。"),
    "Or": ("It must conform to at least one of several shapes.", "須符合至少一個形狀。"),
    "Pattern": ("It must match the pattern {$pattern}.", "須符合樣式 {$pattern}。"),
    "QualifiedMaxCount": (
        "At most {$qualifiedMaxCount} of the values may conform to {$qualifiedValueShape}.",
        "至多可有 {$qualifiedMaxCount} 個值符合 {$qualifiedValueShape}。",
    ),
    "QualifiedMinCount": (
        "At least {$qualifiedMinCount} of the values must conform to {$qualifiedValueShape}.",
        "至少須有 {$qualifiedMinCount} 個值符合 {$qualifiedValueShape}。",
    ),
    "UniqueLang": ("No two values may have one language.", "同一語言不得有兩個值。"),
    "Xone": ("It must conform to exactly one of several shapes.", "須恰好符合一個形狀。"),
}
"""By the name of the component, English before Chinese; placeholders are parameters of the shape."""

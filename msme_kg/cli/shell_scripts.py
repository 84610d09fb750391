"""Scripts by which bash and fish ask for completions, in place of those of click."""

from __future__ import annotations

from click.shell_completion import BashComplete, FishComplete, add_completion_class

_BASH_SOURCE = """\
%(complete_func)s() {
    local completion response type value quote="${COMP_WORDS[COMP_CWORD]:0:1}"
    local IFS=$'\\n'
    response=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \
%(complete_var)s=bash_complete "$1")
    while IFS=',' read -r type value; do
        if [[ $type == 'dir' ]]; then
            COMPREPLY=()
            compopt -o dirnames
        elif [[ $type == 'file' ]]; then
            COMPREPLY=()
            compopt -o default
        elif [[ $type == 'plain' ]]; then
            # Bash quotes nothing itself; after an opening quote the rest needs none.
            [[ $quote == '"' || $quote == "'" ]] || printf -v value '%%q' "$value"
            COMPREPLY+=("$value")
        fi
    done <<< "$response"
    return 0
}

%(complete_func)s_setup() {
    complete -o nosort -F %(complete_func)s %(prog_name)s
}

%(complete_func)s_setup;
"""


class _QuotingBashComplete(BashComplete):
    """Completion for bash that quotes blanks and parentheses in names."""

    source_template = _BASH_SOURCE


class _WholeFishComplete(FishComplete):
    """Completion for fish that keeps what follows a comma in a name."""

    source_template = FishComplete.source_template.replace('split ","', 'split --max 1 ","')


def register_shells() -> None:
    """Use our scripts for bash and fish in place of those of click."""
    add_completion_class(_QuotingBashComplete)
    add_completion_class(_WholeFishComplete)

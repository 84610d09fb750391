// Filters over tables, kept in the fragment of the address, and buttons that copy; every page reads without it.
"use strict";
(() => {
  const make = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const copied = (holder) => {
    const text = holder.textContent;
    const button = make("button", { type: "button", className: "copy", textContent: holder.dataset.copy });
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = holder.dataset.copied;
      } catch {
        getSelection().selectAllChildren(holder); // to be copied by hand
      }
    });
    holder.closest("dd").append(button);
  };

  // Spellings of one name are equal once folded, as in msme_kg/name_folding.py.
  const variants = new Map("CHINESE_VARIANTS".split(" ").flatMap(([simplified, ...others]) =>
    others.map((one) => [one, simplified])));
  const folded = (text) => [...text.normalize("NFKD").toUpperCase().toLowerCase()]
    .map((one) => variants.get(one) ?? one).join("").replace(/[^\p{L}\p{N}]+/gu, "");

  const guarded = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

  const save = (table, kind) => {
    const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
    const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden);
    const cells = rows.map((row) => [...row.cells].map((cell) =>
      [...(cell.querySelectorAll(".tag").length ? cell.querySelectorAll(".tag") : [cell])]
        .map((one) => one.textContent.trim()).join("; ")));
    const quoted = (text) => `"${guarded(text).replaceAll('"', '""')}"`;
    const content = kind === "csv"
      ? "\ufeff" + [names, ...cells].map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n"
      : JSON.stringify(cells.map((row) => Object.fromEntries(row.map((text, at) => [names[at], text]))), null, 1) + "\n";
    const address = URL.createObjectURL(new Blob([content], { type: kind === "csv" ? "text/csv" : "application/json" }));
    make("a", { href: address, download: `${table.dataset.file}.${kind}` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  };

  const filtered = (table) => {
    const words = table.dataset;
    const rows = [...table.tBodies[0].rows];
    const texts = rows.map((row) => [...[...row.cells].map((cell) => cell.textContent), ...(row.dataset.names ?? "").split("|")]
      .map(folded).join("|"));
    const fields = [];
    const form = make("form", { className: "filter", role: "search" });
    const field = (key, words, input) => {
      input.id = `filter-${key}`;
      fields.push([key, input]);
      form.append(make("div", {}, make("label", { htmlFor: input.id, textContent: words }), input));
      return input;
    };
    field("q", words.filter, make("input", { type: "search" }));
    const facets = [...table.tHead.rows[0].cells].flatMap((cell, at) => {
      if (!cell.dataset.facet) return [];
      const tags = rows.map((row) => [...row.cells[at].querySelectorAll(".tag")].map((one) => one.textContent));
      const counts = new Map();
      tags.flat().forEach((one) => counts.set(one, (counts.get(one) ?? 0) + 1));
      const select = field(cell.dataset.facet, cell.textContent, make("select", {}, new Option(words.all, "")));
      [...counts].sort().forEach(([one, count]) => select.append(new Option(`${one} (${count})`, one)));
      return [{ select, tags }];
    });
    const output = make("output", { htmlFor: fields.map(([, input]) => input.id).join(" ") });
    const button = (text, action) => {
      const made = make("button", { type: "button", textContent: text });
      made.addEventListener("click", action);
      return made;
    };
    const apply = () => {
      const sought = fields[0][1].value.split(/\s+/).map(folded).filter(Boolean);
      let shown = 0;
      rows.forEach((row, at) => {
        row.hidden = !(sought.every((word) => texts[at].includes(word))
          && facets.every(({ select, tags }) => !select.value || tags[at].includes(select.value)));
        shown += !row.hidden;
      });
      output.textContent = words.shown.replace("{shown}", shown).replace("{all}", rows.length);
    };
    const keep = () => {
      const kept = new URLSearchParams(fields.filter(([, input]) => input.value).map(([key, input]) => [key, input.value]));
      history.replaceState(null, "", `#${kept}`);
      apply();
    };
    const read = () => {
      const kept = new URLSearchParams(location.href.includes("#") ? location.hash.slice(1) : location.search);
      fields.forEach(([key, input]) => { input.value = kept.get(key) ?? ""; });
      apply();
    };
    form.append(output, button(words.reset, () => { fields.forEach(([, input]) => { input.value = ""; }); keep(); }));
    form.append(make("span", { className: "save" }, words.save,
      ...["csv", "json"].map((kind) => button(kind.toUpperCase(), () => save(table, kind)))));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", keep);
    addEventListener("hashchange", read);
    table.parentElement.before(form);
    read();
  };

  // What is folded is printed all the same, also by browsers that cannot do so by the style sheet.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open]):not(.contents)")];
    opened.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((one) => { one.open = false; }));

  document.querySelectorAll("[data-copy]").forEach(copied);
  document.querySelectorAll("table[data-filter]").forEach(filtered);
})();

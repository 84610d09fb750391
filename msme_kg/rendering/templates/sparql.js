// SPARQL on a page: names are completed, results shown as a table, errors at their place; the form works without it.
"use strict";
(() => {
  const form = document.querySelector("form.sparql");
  const words = form.dataset;
  const editor = form.elements.query;
  const format = form.elements.format;
  const maxRows = 1000;
  const maxNames = 12;
  const make = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const names = make("div", { className: "names" });
  names.setAttribute("role", "group");
  names.setAttribute("aria-label", words.names);
  editor.after(names);
  const output = make("div", { className: "result" });
  output.setAttribute("aria-live", "polite");
  form.after(output);
  format.prepend(new Option(words.table, "table", true, true));
  format.value = "table";

  let prefixes = {};
  let known;
  const load = async () => {
    known ??= fetch(words.terms).then((reply) => reply.json());
    const { prefixes: found, terms } = await known;
    prefixes = found;
    return [...Object.keys(found).map((one) => [`${one}:`, ""]), ...terms.map((one) => [one.curie, one.label])];
  };

  // The name that the cursor is at the end of: a prefixed name, a part of a label, or a variable.
  const begun = () => /[?$]?[\p{L}\p{N}_:.-]+$/u.exec(editor.value.slice(0, editor.selectionStart))?.[0] ?? "";

  const complete = async () => {
    const typed = begun();
    const folded = typed.toLowerCase();
    const variables = [...new Set(editor.value.match(/[?$]\w+/g) ?? [])].filter((one) => one !== typed);
    const listed = /^[?$]/.test(typed) ? variables.map((one) => [one, ""]) : typed.length > 1 ? await load() : [];
    const rank = ([name, label]) => (name.toLowerCase().startsWith(folded) ? 0
      : name.toLowerCase().includes(`:${folded}`) ? 1 : label.toLowerCase().includes(folded) ? 2 : 3);
    const found = listed.filter((one) => one[0] !== typed && rank(one) < 3).sort((one, other) => rank(one) - rank(other));
    if (typed !== begun()) return;
    names.replaceChildren(...found.slice(0, maxNames).map(([name, label]) => {
      const button = make("button", { type: "button", textContent: label ? `${name} (${label})` : name });
      button.addEventListener("click", () => {
        const end = editor.selectionStart;
        editor.setRangeText(name, end - typed.length, end, "end");
        names.replaceChildren();
        editor.focus();
      });
      return button;
    }));
  };

  const shorten = (iri) => {
    const fits = Object.entries(prefixes).filter(([, namespace]) => iri.startsWith(namespace));
    const [prefix, namespace] = fits.sort((one, other) => other[1].length - one[1].length)[0] ?? [];
    return namespace ? `${prefix}:${iri.slice(namespace.length)}` : iri;
  };
  const show = (term) => {
    if (!term) return "";
    if (term.type !== "uri") return make("span", { textContent: term.value, lang: term["xml:lang"] ?? "" });
    const local = term.value.startsWith(words.base) ? words.root + term.value.slice(words.base.length).replace("#", "/") : term.value;
    return /^(https?:|\.\.)/.test(local) ? make("a", { href: local, textContent: shorten(term.value), title: term.value }) : term.value;
  };
  const build = ({ head, results, boolean }) => {
    if (boolean !== undefined) return [make("p", {}, make("strong", { textContent: boolean }))];
    const rows = results.bindings.slice(0, maxRows);
    const line = (cells) => make("tr", {}, ...cells);
    const table = make("table", { className: "rows" },
      make("thead", {}, line(head.vars.map((name) => make("th", { scope: "col", textContent: name })))),
      make("tbody", {}, ...rows.map((row) => line(head.vars.map((name) => {
        const cell = make("td", {}, show(row[name]));
        cell.dataset.words = name;
        return cell;
      })))));
    const all = results.bindings.length;
    const count = all > rows.length ? words.first.replace("{shown}", rows.length).replace("{all}", all) : words.rows.replace("{count}", all);
    const scroll = make("div", { className: "scroll", tabIndex: 0 }, table);
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", words.answer);
    return [make("p", { className: "meta", textContent: count }), scroll];
  };

  const explain = ({ detail, hint, location: place, excerpt }) => {
    editor.setAttribute("aria-invalid", "true");
    if (place?.line) {
      const lines = editor.value.split("\n");
      const start = lines.slice(0, place.line - 1).join("\n").length + (place.line > 1) + (place.column ?? 1) - 1;
      const length = /^[\p{L}\p{N}_:?$-]+/u.exec(editor.value.slice(start))?.[0].length ?? 1;
      editor.focus();
      editor.setSelectionRange(start, start + length);
      editor.scrollTop = editor.scrollHeight * (place.line - 1) / lines.length - editor.clientHeight / 2;
    }
    const message = make("div", { className: "refusal" }, make("p", {}, make("strong", { textContent: detail })));
    message.setAttribute("role", "alert");
    if (place?.line) message.append(make("p", { textContent: words.place.replace("{line}", place.line).replace("{column}", place.column ?? 1) }));
    if (excerpt) message.append(make("pre", { textContent: excerpt }));
    if (hint) message.append(make("p", { textContent: hint }));
    return [message];
  };

  form.addEventListener("submit", async (event) => {
    if (format.value !== "table") return;
    event.preventDefault();
    names.replaceChildren();
    editor.removeAttribute("aria-invalid");
    output.replaceChildren(make("p", { textContent: words.running }));
    try {
      const reply = await fetch(form.action, {
        method: "POST",
        headers: {
          Accept: "application/sparql-results+json, text/turtle;q=0.9, application/problem+json;q=0.1",
          "Accept-Language": document.documentElement.lang,
        },
        body: new URLSearchParams({ query: editor.value }),
      });
      await load();
      const type = reply.headers.get("Content-Type") ?? "";
      output.replaceChildren(...(!reply.ok ? explain(await reply.json()) : type.includes("json") ? build(await reply.json())
        : [make("pre", { tabIndex: 0, textContent: await reply.text() })]));
    } catch (fault) {
      output.replaceChildren(...explain({ detail: String(fault) }));
    }
  });
  editor.addEventListener("input", complete);
  editor.addEventListener("keydown", (event) => {
    if (event.key === "Escape") names.replaceChildren();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
})();

#!/usr/bin/env bash
# The report in a browser, desktop and phone, light and dark: nothing runs out of the page, tables
# sort, colours can be read, no name becomes a script. Skipped (77) without chromium.
# Arguments: the program, a file of results.
set -euo pipefail
heapbench=$1
results=$2
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
    echo "no chromium: nothing looked at"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# As many rows as a run of nine allocators on eight traces has; one allocator has a name for trouble.
for trace in gcc perl; do
    for copy in 1 2 3 4; do
        grep "\"trace\":\"$trace\"" "$results" | sed "s/\"trace\":\"$trace\"/\"trace\":\"$trace$copy\"/"
        grep "\"trace\":\"$trace\"" "$results" | grep -v '"time_ratio":null' | sed "
            s/\"trace\":\"$trace\"/\"trace\":\"$trace$copy\"/
            s/\"allocator\":\"buddy\"/\"allocator\":\"<script>document.title=1<\\/script>\"/
            s/\"allocator\":\"\\([a-z]*\\)\"/\"allocator\":\"\\1:order=lifo:grow=4096:trim=off\"/"
    done
done >many.jsonl
"$heapbench" report many.jsonl -o page.html 2>said || { cat said; exit 1; }

# What the page is like, measured in it and told to the frame around it.
cat >probe <<'END'
<script>
addEventListener("load", () => {
  const told = [];
  const tell = (name, value) => told.push(name + "=" + value);
  tell("width", innerWidth);
  tell("overflow", document.documentElement.scrollWidth > innerWidth);
  const out = Array.from(document.querySelectorAll("body *")).filter((e) =>
    e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, pre, svg, .skip"));
  tell("outside", out.map((e) => e.tagName).join(","));
  const table = document.querySelector("#means-0").closest("table");
  const heading = table.tHead.rows[0].cells[1];
  const button = heading.querySelector("button");
  const values = () => Array.from(table.tBodies[0].rows, (r) => r.cells[1].dataset.value).map(Number);
  const rises = (list) => list.every((v, i) => i === 0 || v >= list[i - 1]);
  tell("before", heading.getAttribute("aria-sort"));
  button.focus();
  tell("focus", document.activeElement === button);
  button.click();
  tell("up", heading.getAttribute("aria-sort") + rises(values()) + values().length);
  button.click();
  tell("down", heading.getAttribute("aria-sort") + rises(values().reverse()));
  const frag = table.tHead.rows[0].cells[4].querySelector("button");
  frag.click();
  tell("last", table.tBodies[0].rows[table.tBodies[0].rows.length - 1].cells[0].textContent);
  tell("said", document.querySelector(".status").textContent);
  tell("title", document.title);
  tell("scripts", document.scripts.length - 1);
  const ids = Array.from(document.querySelectorAll("[id]"), (e) => e.id);
  tell("unique", new Set(ids).size === ids.length);
  const light = (text) => {
    const [r, g, b] = text.match(/[\d.]+/g).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const ground = light(getComputedStyle(document.documentElement).backgroundColor);
  tell("dark", ground < 0.2);
  const letters = [".about", ".interval", ".verdict.slower", ".verdict.faster", "a", "main p", "caption"]
    .map((s) => document.querySelector(s)).filter((e) => e)
    .map((e) => contrast(light(getComputedStyle(e).color), ground));
  tell("letters", Math.min(...letters) >= 4.5);
  const drawn = Array.from(document.querySelectorAll("svg.plot text"))
    .filter((e) => !e.closest("svg").querySelector("title").textContent.startsWith("Fragmentation"))
    .map((e) => contrast(light(getComputedStyle(e).fill), ground));
  tell("drawn", drawn.length > 100 && Math.min(...drawn) >= 4.5);
  const bars = Array.from(document.querySelectorAll("svg.plot path, svg.plot polygon"))
    .map((e) => getComputedStyle(e).stroke).filter((s) => s.startsWith("rgb("))
    .map((s) => contrast(light(s), ground));
  tell("lines", bars.filter((v) => v >= 3).length > bars.length / 2);
  parent.postMessage(told.join("\n"), "*");
});
</script>
END
cat page.html probe >probed.html
cat >frames.html <<'END'
<!doctype html><title>frames</title>
<script>addEventListener("message", (m) => {
  const pre = document.createElement("pre"); pre.textContent = m.data; document.body.append(pre); });</script>
<body><iframe src="probed.html" style="border:0;width:1280px;height:800px"></iframe>
<iframe src="probed.html" style="border:0;width:375px;height:800px"></iframe></body>
END

# look SETTING: what both frames tell, each beginning with its width.
look() {
    timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
        --user-data-dir="$work/profile" --window-size=1700,1700 --virtual-time-budget=20000 \
        --blink-settings=preferredColorScheme="$1" --dump-dom "file://$work/frames.html" \
        2>browser.log | sed 's/<\/*pre>/\n/g' | grep -E '^[a-z]+=' || true
}

# expect LINE: it is among the lines seen.
expect() {
    grep -qxF -- "$1" seen || { echo "$where: no '$1' in:" >&2; cat seen >&2; exit 1; }
}

for scheme in dark light; do
    look "$([ "$scheme" = dark ] && echo 0 || echo 1)" >both
    for width in 1280 375; do
        where="$width pixels, $scheme"
        sed -n "/^width=$width\$/,/^lines=/p" both >seen
        [ -s seen ] || { echo "$where: the browser showed nothing" >&2; tail -n 5 browser.log >&2; exit 1; }
        expect "overflow=false"
        expect "outside="
        expect "before=null"
        expect "focus=true"
        expect "up=ascendingtrue9"
        expect "down=descendingtrue"
        expect "last=glibc" # its footprint is not known
        expect "said=Sorted by frag peak, ascending"
        expect "title=heapbench report"
        expect "scripts=1"
        expect "unique=true"
        expect "dark=$([ "$scheme" = dark ] && echo true || echo false)"
        expect "letters=true"
        if command -v gnuplot >/dev/null; then
            expect "drawn=true"
            expect "lines=true"
        fi
    done
done

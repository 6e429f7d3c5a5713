// Makes the site, target/site, from the compiled wasm, the style sheets in style/ and the files in public/:
// wasm-bindgen, wasm-opt, esbuild, a hash of the content in each file name, brotli and gzip beside each file.
// The layout is cargo-leptos' own (hash-files = true). Called by ./dev:
//
//   node style/build.mjs --wasm path/to/app.wasm --bindgen path/to/wasm-bindgen
//
// Work whose inputs did not change is not done again.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import zlib from 'node:zlib';
import * as esbuild from 'esbuild';

const WASM_OPT_FLAGS = [
  '-Oz',
  '--enable-bulk-memory',
  '--enable-nontrapping-float-to-int',
  '--enable-sign-ext',
  '--enable-mutable-globals',
  '--enable-reference-types',
  '--enable-multivalue',
];
const COMPRESSIBLE = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.wasm', '.webmanifest', '.xml']);

const style = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(style);
const site = path.join(root, 'target/site');
const halfway = path.join(root, 'target/site-wasm'); // the glue and the small wasm, before hashing
const publicFiles = path.join(root, 'public');

const { values: args } = parseArgs({ options: { wasm: { type: 'string' }, bindgen: { type: 'string' } } });
if (!args.wasm || !args.bindgen) fail('call it with --wasm FILE --bindgen FILE, or through ./dev build');

const tools = hash(
  fs.readFileSync(fileURLToPath(import.meta.url)),
  fs.readFileSync(path.join(style, 'package-lock.json')),
  run(args.bindgen, ['--version']),
);
const wasmKey = hash(tools, fs.readFileSync(args.wasm));
const styleSheets = list(style).filter((file) => file.endsWith('.css'));
const siteKey = hash(wasmKey, ...contents(style, styleSheets), ...contents(publicFiles, list(publicFiles)));

if (stamp(site) === siteKey) {
  console.log('site: nothing changed');
} else {
  if (stamp(halfway) !== wasmKey) shrinkWasm();
  await writeSite();
}

/** From the compiler's wasm to the glue code and a small wasm, in `halfway`. The slow part. */
function shrinkWasm() {
  fs.rmSync(halfway, { recursive: true, force: true });
  fs.mkdirSync(halfway, { recursive: true });
  run(args.bindgen, ['--target', 'web', '--no-typescript', '--out-name', 'portal', '--out-dir', halfway, args.wasm]);
  const bound = path.join(halfway, 'portal_bg.wasm');
  const wasmOpt = createRequire(import.meta.url).resolve('binaryen/package.json').replace(/package\.json$/, 'bin/wasm-opt');
  run(process.execPath, [wasmOpt, ...WASM_OPT_FLAGS, bound, '-o', path.join(halfway, 'portal.wasm')]);
  fs.rmSync(bound);
  fs.writeFileSync(path.join(halfway, '.stamp'), wasmKey);
}

/** The whole site into a new folder, which then takes the place of the old one: no old hashed file stays behind. */
async function writeSite() {
  const next = `${site}.next`;
  const pkg = path.join(next, 'pkg');
  fs.rmSync(next, { recursive: true, force: true });
  fs.mkdirSync(pkg, { recursive: true });
  if (fs.existsSync(publicFiles)) fs.cpSync(publicFiles, next, { recursive: true });

  const outputs = {
    js: await bundle(path.join(halfway, 'portal.js'), { format: 'esm', legalComments: 'none' }),
    wasm: fs.readFileSync(path.join(halfway, 'portal.wasm')),
    css: await bundle(path.join(style, 'main.css'), {  }),
  };
  let hashes = '';
  for (const [kind, content] of Object.entries(outputs)) {
    const name = hash(content).slice(0, 16);
    hashes += `${kind}: ${name}\n`;
    fs.writeFileSync(path.join(pkg, `portal.${name}.${kind}`), content);
  }

  for (const file of list(next)) compress(next, file);
  fs.writeFileSync(path.join(next, 'hash.txt'), hashes);
  fs.writeFileSync(path.join(next, '.stamp'), siteKey);
  fs.rmSync(site, { recursive: true, force: true });
  fs.renameSync(next, site);
}

/** One file and everything that it imports, as one small file. What it exports stays exported. */
async function bundle(entry, options) {
  const result = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    logLevel: 'warning',
    ...options,
  });
  return Buffer.from(result.outputFiles[0].contents);
}

/** Writes FILE.br and FILE.gz beside a file that gets smaller by it, and says the sizes. */
function compress(folder, file) {
  const content = fs.readFileSync(path.join(folder, file));
  let line = `  ${file.padEnd(36)} ${size(content)}`;
  if (COMPRESSIBLE.has(path.extname(file))) {
    const { constants: c } = zlib;
    const brotli = zlib.brotliCompressSync(content, {
      params: {
        [c.BROTLI_PARAM_QUALITY]: 11,
        [c.BROTLI_PARAM_LGWIN]: 24,
        [c.BROTLI_PARAM_SIZE_HINT]: content.length,
        [c.BROTLI_PARAM_MODE]: file.endsWith('.wasm') ? c.BROTLI_MODE_GENERIC : c.BROTLI_MODE_TEXT,
      },
    });
    const gzip = zlib.gzipSync(content, { level: 9 });
    if (brotli.length < content.length) fs.writeFileSync(path.join(folder, `${file}.br`), brotli);
    if (gzip.length < content.length) fs.writeFileSync(path.join(folder, `${file}.gz`), gzip);
    line += ` → ${size(brotli)} in brotli, ${size(gzip)} in gzip`;
  }
  console.log(line);
}

/** All files below a folder, as sorted relative paths; installed packages left out. */
function list(folder, below = '') {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(path.join(folder, below), { withFileTypes: true })
    .filter((entry) => entry.name !== 'node_modules')
    .flatMap((entry) => {
      const file = path.join(below, entry.name);
      return entry.isDirectory() ? list(folder, file) : [file];
    })
    .sort();
}

function contents(folder, files) {
  return files.flatMap((file) => [file, fs.readFileSync(path.join(folder, file))]);
}

/** One hash of several parts; each part's length is hashed too, so that parts cannot run together. */
function hash(...parts) {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(`${part.length} `).update(part);
  return sum.digest('hex');
}

function stamp(folder) {
  const file = path.join(folder, '.stamp');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
}

function size(content) {
  return `${content.length.toLocaleString('en-US')} bytes`;
}

function run(command, parameters) {
  const done = spawnSync(command, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (done.error) fail(`${command}: ${done.error.message}`);
  if (done.status !== 0) fail(`${command} ended with ${done.status ?? done.signal}`);
  return done.stdout;
}

function fail(message) {
  console.error(`style/build.mjs: ${message}`);
  process.exit(1);
}

// Compiles contracts/src with the pinned solc into contracts/compiled, one JSON a contract: what the library embeds.
// contracts/test, contracts that only tests use, goes to contracts/compiled/test.
//   node contracts/compile.mjs           writes
//   node contracts/compile.mjs --check   writes nothing, ends with 1 and names what differs
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const solc = createRequire(join(here, '../artifacts/npm/index.js'))('solc');
const limit = 24576; // EIP-170
const settings = {
  evmVersion: 'cancun',
  viaIR: true,
  optimizer: { enabled: true, runs: 1000000 },
  // No hash of comments at the end of the code: the same code gives the same bytes.
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
};

function fail(text) {
  console.error(text);
  process.exit(1);
}

function compile(folder) {
  const files = readdirSync(folder).filter(name => name.endsWith('.sol')).sort();
  const sources = Object.fromEntries(files.map(name => [name, { content: readFileSync(join(folder, name), 'utf8') }]));
  const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings })));
  if (output.errors?.length) fail(output.errors.map(error => error.formattedMessage).join('\n'));

  // The hash that says, without a compiler, whether an output is of these sources: of the file and all that it imports.
  const withImports = name => {
    const found = new Set();
    for (const todo = [name]; todo.length;) {
      const next = todo.pop();
      if (found.has(next)) continue;
      found.add(next);
      for (const [, path] of sources[next].content.matchAll(/from "\.\/(\w+\.sol)";/g)) todo.push(path);
    }
    return [...found].sort();
  };
  const sourceHash = name => {
    const digest = createHash('sha256');
    for (const file of withImports(name)) digest.update(`${file}\n${sources[file].content}\n`);
    return digest.digest('hex');
  };

  const compiled = new Map();
  for (const file of files) {
    const name = file.slice(0, -4);
    const contract = output.contracts[file][name];
    // A library whose functions are all internal is part of the contracts that use it.
    if (!contract.abi.some(item => item.type === 'function' || item.type === 'constructor')) continue;
    const deployedSize = contract.evm.deployedBytecode.object.length / 2;
    if (deployedSize > limit) fail(`${name}: ${deployedSize} bytes, the limit is ${limit}`);
    const entry = { name, solc: solc.version(), sourceHash: sourceHash(file), deployedSize, abi: contract.abi, bytecode: contract.evm.bytecode.object };
    compiled.set(`${name}.json`, JSON.stringify(entry, null, 1) + '\n');
  }
  return compiled;
}

for (const [from, to] of [['src', 'compiled'], ['test', 'compiled/test']]) {
  const compiled = compile(join(here, from));
  const target = join(here, to);
  mkdirSync(target, { recursive: true });
  const there = readdirSync(target).filter(name => name.endsWith('.json'));
  if (process.argv.includes('--check')) {
    const names = [...new Set([...there, ...compiled.keys()])];
    const wrong = names.filter(name => !there.includes(name) || readFileSync(join(target, name), 'utf8') !== compiled.get(name));
    if (wrong.length) fail(`differs from contracts/${from}: ${wrong.join(', ')}`);
    continue;
  }
  for (const name of there) rmSync(join(target, name));
  for (const [name, text] of compiled) {
    writeFileSync(join(target, name), text);
    console.log(`${name} ${JSON.parse(text).deployedSize}`);
  }
}

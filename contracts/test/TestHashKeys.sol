// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title For tests: signatures made of hashes alone, 16 of Winternitz under a tree of SHA-256
/// @dev A key is the scheme's byte, 9, and the root. A signature is 9, the number of the leaf, 67 values, 4 siblings from the
/// leaf up. Each of 64 digits of the message's digest, the highest first, and of 3 of the sum of what they lack, moves a chain of
/// 15 steps that much on: nobody can go back. With 3 in place of 9 the root is eight words below 2^30, as keys of numbered
/// accounts are: two bits of each are left out.
contract TestHashKeys {
    uint256 private constant CHAINS = 67;
    uint256 private constant HEIGHT = 4;
    bytes32 private constant WORDS = 0xffffff3fffffff3fffffff3fffffff3fffffff3fffffff3fffffff3fffffff3f;

    function check(bytes calldata key, bytes calldata message, bytes calldata signature) external pure returns (bool) {
        if (key.length != 33 || (uint8(key[0]) != 9 && uint8(key[0]) != 3)) return false;
        if (signature.length != 2 + 32 * (CHAINS + HEIGHT) || signature[0] != key[0]) return false;
        uint8 leaf = uint8(signature[1]);
        if (leaf >= 1 << HEIGHT) return false;
        bytes32 root = bytes32(key[1:33]);
        uint256 digest = uint256(sha256(abi.encodePacked(root, leaf, message)));
        bytes32[67] memory ends;
        uint256 sum = 0;
        for (uint8 i = 0; i < CHAINS; i++) {
            uint256 digit = i < 64 ? digest >> (252 - 4 * uint256(i)) & 15 : sum >> (8 - 4 * (uint256(i) - 64)) & 15;
            if (i < 64) sum += 15 - digit;
            bytes32 value = bytes32(signature[2 + 32 * uint256(i):34 + 32 * uint256(i)]);
            for (uint256 j = digit; j < 15; j++) value = sha256(abi.encodePacked(leaf, i, uint8(j), value));
            ends[i] = value;
        }
        bytes32 node = sha256(abi.encodePacked(leaf, ends));
        for (uint256 level = 0; level < HEIGHT; level++) {
            uint256 place = 2 + 32 * (CHAINS + level);
            bytes32 sibling = bytes32(signature[place:place + 32]);
            node = (leaf >> level) & 1 == 0 ? sha256(abi.encodePacked(node, sibling)) : sha256(abi.encodePacked(sibling, node));
        }
        return (uint8(key[0]) == 3 ? node & WORDS : node) == root;
    }
}

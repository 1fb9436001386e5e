// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title StepTrie: the part of a rollup's state that a witness shows
/// @notice Nodes of docs/formats/rollups-witness.md in memory: looked up, written, and hashed again. Nothing recurses, because
/// keys that agree in many bits make deep trees, and nothing loops over more than the witness has bytes.
/// @dev A node is six words: kind, left (of a leaf: where its value is), right (of a leaf: the value's hash), key, hash, and the node
/// made before it. A node is made after the one above it, so hashing runs from the newest to the oldest. Address 0 is no node.
library StepTrie {
    error BadWitness();
    /// A key that the step needs is not shown.
    error MissingState();

    struct Trie {
        uint256 root;
        uint256 newest;
    }

    uint256 private constant STUB = 1;
    uint256 private constant OTHER = 2;
    uint256 private constant LEAF = 3;
    uint256 private constant INNER = 4;
    uint256 private constant MAX_VALUE = 1024;
    uint256 private constant LEFT = 1;
    uint256 private constant RIGHT = 2;
    uint256 private constant KEY = 3;
    uint256 private constant HASH = 4;
    uint256 private constant BEFORE = 5;

    /// @notice Reads a witness; reverts unless it leads to the root.
    function open(bytes32 root, bytes calldata witness) internal pure returns (Trie memory trie) {
        if (witness.length == 0 || witness[0] != 0) revert BadWitness();
        if (witness.length == 1) {
            if (root != 0) {
                trie.root = _make(trie, STUB);
                _set(trie.root, HASH, uint256(root));
            }
            return trie;
        }
        if (uint8(witness[1]) <= STUB) revert BadWitness();
        _read(trie, witness);
        if (rehash(trie) != root) revert BadWitness();
    }

    /// @notice The value under a key.
    function find(Trie memory trie, bytes32 key) internal pure returns (bool exists, bytes memory value) {
        uint256 node = trie.root;
        for (uint256 depth = 0; node != 0 && _get(node, 0) == INNER; depth++) node = _get(node, _side(key, depth));
        if (node == 0) return (false, value);
        uint256 kind = _get(node, 0);
        if (kind == STUB) revert MissingState();
        if (_get(node, KEY) != uint256(key)) return (false, value);
        if (kind == OTHER) revert MissingState();
        uint256 offset = _get(node, LEFT);
        assembly ("memory-safe") {
            value := offset
        }
        return (true, value);
    }

    /// @notice Adds or replaces a value. The hashes are those from before until the next rehash.
    function put(Trie memory trie, bytes32 key, bytes memory value) internal pure {
        uint256 slot;
        assembly ("memory-safe") {
            slot := trie
        }
        uint256 depth = 0;
        uint256 node = trie.root;
        for (; node != 0 && _get(node, 0) == INNER; depth++) {
            slot = node + 32 * _side(key, depth);
            node = _load(slot);
        }
        if (node != 0) {
            uint256 kind = _get(node, 0);
            if (kind == STUB) revert MissingState();
            if (_get(node, KEY) == uint256(key)) {
                if (kind == OTHER) revert MissingState();
            } else {
                slot = _fork(trie, slot, node, key, depth);
                node = 0;
            }
        }
        if (node == 0) {
            node = _make(trie, LEAF);
            _set(node, KEY, uint256(key));
            _store(slot, node);
        }
        uint256 offset;
        assembly ("memory-safe") {
            offset := value
        }
        _set(node, LEFT, offset);
        _set(node, RIGHT, uint256(_hashOf(value)));
    }

    /// @notice Hashes all nodes and returns the root.
    function rehash(Trie memory trie) internal pure returns (bytes32) {
        for (uint256 node = trie.newest; node != 0; node = _get(node, BEFORE)) {
            uint256 kind = _get(node, 0);
            if (kind == INNER) _set(node, HASH, _pair(1, _hash(_get(node, LEFT)), _hash(_get(node, RIGHT))));
            else if (kind != STUB) _set(node, HASH, _pair(0, _get(node, KEY), _get(node, RIGHT)));
        }
        return bytes32(_hash(trie.root));
    }

    // Nodes in order, each before its children: what is still to come is on a stack of where it goes, its depth and its path.
    function _read(Trie memory trie, bytes calldata witness) private pure {
        uint256[] memory due = new uint256[](3 * 258);
        uint256 open_ = 1;
        uint256 offset = 1;
        assembly ("memory-safe") {
            mstore(add(due, 32), trie)
        }
        while (open_ > 0) {
            open_--;
            (uint256 slot, uint256 depth, uint256 path) = (due[3 * open_], due[3 * open_ + 1], due[3 * open_ + 2]);
            uint256 kind = _byte(witness, offset++);
            if (kind == 0) continue;
            if (kind > INNER) revert BadWitness();
            uint256 node = _make(trie, kind);
            _store(slot, node);
            if (kind == INNER) {
                if (depth > 255) revert BadWitness();
                (due[3 * open_], due[3 * open_ + 1], due[3 * open_ + 2]) = (node + 32 * RIGHT, depth + 1, path | (1 << (255 - depth)));
                open_++;
                (due[3 * open_], due[3 * open_ + 1], due[3 * open_ + 2]) = (node + 32 * LEFT, depth + 1, path);
                open_++;
                continue;
            }
            uint256 first = _word(witness, offset);
            offset += 32;
            if (kind == STUB) {
                if (first == 0) revert BadWitness();
                _set(node, HASH, first);
                continue;
            }
            if ((first ^ path) >> (256 - depth) != 0) revert BadWitness();
            _set(node, KEY, first);
            if (kind == OTHER) {
                _set(node, RIGHT, _word(witness, offset));
                offset += 32;
                continue;
            }
            uint256 length;
            (length, offset) = _length(witness, offset);
            if (length > witness.length - offset) revert BadWitness();
            bytes memory value = witness[offset:offset + length];
            offset += length;
            uint256 pointer;
            assembly ("memory-safe") {
                pointer := value
            }
            _set(node, LEFT, pointer);
            _set(node, RIGHT, uint256(_hashOf(value)));
        }
        if (offset != witness.length) revert BadWitness();
    }

    // A leaf of another key stands where one is to go: inner nodes along what their keys have in common, then a fork. The leaf is
    // made anew, because it must be newer than what is above it.
    function _fork(Trie memory trie, uint256 slot, uint256 leaf, bytes32 key, uint256 depth) private pure returns (uint256 place) {
        uint256 other = _get(leaf, KEY);
        while (true) {
            uint256 inner = _make(trie, INNER);
            _store(slot, inner);
            uint256 side = _side(key, depth);
            uint256 otherSide = _side(bytes32(other), depth);
            slot = inner + 32 * side;
            depth++;
            if (side == otherSide) continue;
            uint256 moved = _make(trie, _get(leaf, 0));
            _set(moved, KEY, other);
            _set(moved, LEFT, _get(leaf, LEFT));
            _set(moved, RIGHT, _get(leaf, RIGHT));
            _store(inner + 32 * otherSide, moved);
            return slot;
        }
    }

    function _make(Trie memory trie, uint256 kind) private pure returns (uint256 node) {
        uint256 before = trie.newest;
        assembly ("memory-safe") {
            node := mload(0x40)
            mstore(0x40, add(node, 192))
            mstore(node, kind)
            mstore(add(node, 32), 0)
            mstore(add(node, 64), 0)
            mstore(add(node, 96), 0)
            mstore(add(node, 128), 0)
            mstore(add(node, 160), before)
        }
        trie.newest = node;
    }

    function _side(bytes32 key, uint256 depth) private pure returns (uint256) {
        return LEFT + ((uint256(key) >> (255 - depth)) & 1);
    }

    function _hash(uint256 node) private pure returns (uint256) {
        return node == 0 ? 0 : _get(node, HASH);
    }

    function _hashOf(bytes memory value) private pure returns (bytes32) {
        return keccak256(bytes.concat(bytes1(0x02), value));
    }

    function _pair(uint256 tag, uint256 left, uint256 right) private pure returns (uint256 hash) {
        assembly ("memory-safe") {
            let offset := mload(0x40)
            mstore8(offset, tag)
            mstore(add(offset, 1), left)
            mstore(add(offset, 33), right)
            hash := keccak256(offset, 65)
        }
    }

    // A varint of a length up to 1,024, in its shortest form.
    function _length(bytes calldata witness, uint256 offset) private pure returns (uint256 length, uint256 next) {
        length = _byte(witness, offset);
        if (length < 0x80) return (length, offset + 1);
        uint256 high = _byte(witness, offset + 1);
        length = (length & 0x7f) | (high << 7);
        if (high == 0 || high >= 0x80 || length > MAX_VALUE) revert BadWitness();
        return (length, offset + 2);
    }

    function _byte(bytes calldata witness, uint256 offset) private pure returns (uint256) {
        if (offset >= witness.length) revert BadWitness();
        return uint8(witness[offset]);
    }

    function _word(bytes calldata witness, uint256 offset) private pure returns (uint256) {
        if (witness.length < offset + 32) revert BadWitness();
        return uint256(bytes32(witness[offset:offset + 32]));
    }

    function _get(uint256 node, uint256 index) private pure returns (uint256) {
        return _load(node + 32 * index);
    }

    function _set(uint256 node, uint256 index, uint256 value) private pure {
        _store(node + 32 * index, value);
    }

    function _load(uint256 offset) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(offset)
        }
    }

    function _store(uint256 offset, uint256 value) private pure {
        assembly ("memory-safe") {
            mstore(offset, value)
        }
    }
}

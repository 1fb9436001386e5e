// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A proof system for tests: it executes the 16 steps of TestStep's computation again, or those that the proof names. A broken one believes anything.
contract TestProof {
    bool public immutable isBroken;

    constructor(bool isBroken_) {
        isBroken = isBroken_;
    }

    function verify(bytes32 startLeaf, bytes32 finalLeaf, bytes32 head, bytes calldata proof) external view returns (bool) {
        if (isBroken) return true;
        (bytes32 batchHead, uint64 from, uint64 to) = (head, 0, 16);
        if (proof.length != 0) {
            if (proof.length != 96 || keccak256(proof) != head) return false;
            (batchHead, from, to) = abi.decode(proof, (bytes32, uint64, uint64));
        }
        bytes32 leaf = startLeaf;
        for (uint64 i = from; i < to; i++) leaf = keccak256(abi.encode(keccak256(abi.encode(leaf, i, batchHead)), bytes32(0)));
        return leaf == finalLeaf;
    }
}

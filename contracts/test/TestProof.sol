// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A proof system for tests: it executes all 16 steps of TestStep's computation again. A broken one believes anything.
contract TestProof {
    bool public immutable isBroken;

    constructor(bool isBroken_) {
        isBroken = isBroken_;
    }

    function verify(bytes32 startLeaf, bytes32 finalLeaf, bytes32 batchHead, bytes calldata) external view returns (bool) {
        if (isBroken) return true;
        bytes32 leaf = startLeaf;
        for (uint64 i = 0; i < 16; i++) leaf = keccak256(abi.encode(keccak256(abi.encode(leaf, i, batchHead)), bytes32(0)));
        return leaf == finalLeaf;
    }
}

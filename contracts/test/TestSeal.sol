// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A proof system for tests of rollups that the EVM cannot execute whole: a seal that only who executed the batch again sets.
contract TestSeal {
    bytes32 public immutable key;

    constructor(bytes32 key_) {
        key = key_;
    }

    function verify(bytes32 startLeaf, bytes32 finalLeaf, bytes32 head, bytes calldata proof) external view returns (bool) {
        return proof.length == 32 && bytes32(proof) == keccak256(abi.encode(key, startLeaf, finalLeaf, head));
    }
}

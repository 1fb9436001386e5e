// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A computation for tests: each leaf is the hash of the one before, its index, and the batch.
contract TestStep {
    error Wrong(uint64 index);

    /// @dev The witness, when there is one, says what follows; it must be empty here.
    function step(bytes32 preLeaf, bytes32 postLeaf, uint64 index, bytes32 batchCommitment, bytes calldata witness) external pure returns (bool) {
        if (witness.length != 0) return false;
        bytes32 state = keccak256(abi.encode(preLeaf, index, batchCommitment));
        if (keccak256(abi.encode(state, bytes32(0))) != postLeaf) revert Wrong(index);
        return true;
    }
}

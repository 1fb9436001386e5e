// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title For tests: the hash of a state that is not Keccak-256, here SHA-256 (precompile 2).
contract TestHash {
    function hash(bytes calldata message) external pure returns (bytes32) {
        return sha256(message);
    }
}

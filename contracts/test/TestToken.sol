// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title A token for tests: anyone mints, each transfer loses a fee, and approvals are unlimited.
contract TestToken {
    uint256 public immutable feePercent;
    mapping(address => uint256) public balanceOf;

    error Poor();

    constructor(uint256 feePercent_) {
        feePercent = feePercent_;
    }

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    /// @dev Returns nothing, as some tokens in use do.
    function transferFrom(address from, address to, uint256 amount) external {
        if (balanceOf[from] < amount) revert Poor();
        balanceOf[from] -= amount;
        balanceOf[to] += amount - (amount * feePercent) / 100;
    }

    function transfer(address to, uint256 amount) external {
        if (balanceOf[msg.sender] < amount) revert Poor();
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount - (amount * feePercent) / 100;
    }
}

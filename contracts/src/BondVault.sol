// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice What the vault asks its guardian.
interface IPause {
    function paused() external view returns (bool);
}

/// @title BondVault: where bonds wait before they go back
/// @notice What the state chain and its tournaments award can be withdrawn only after a delay, so that a guardian has time
/// to look; it can stop withdrawals, but never for good, because its pause ends by itself, and never take anything.
contract BondVault {
    struct Entry {
        uint128 amount;
        uint64 since;
    }

    /// @notice Contracts that may credit accounts. Fixed at creation: a stranger's credit would start an account's delay anew.
    mapping(address source => bool) public isSource;
    /// @notice Asked before anything is paid out; zero for none.
    address public immutable guardian;
    /// @notice Seconds from the last credit of an account to its withdrawal.
    uint64 public immutable delay;

    mapping(address account => Entry) public entries;

    event Credited(address indexed account, address indexed source, uint128 amount);
    event Withdrawn(address indexed account, uint128 amount);

    error NotSource(address caller);
    error Waiting(uint64 until);
    error Paused();
    error Nothing();
    error TransferFailed();

    constructor(address[] memory sources, address guardian_, uint64 delay_) {
        for (uint256 i = 0; i < sources.length; i++) isSource[sources[i]] = true;
        guardian = guardian_;
        delay = delay_;
    }

    /// @notice Adds what is sent to what an account waits for.
    function credit(address account) external payable {
        if (!isSource[msg.sender]) revert NotSource(msg.sender);
        Entry storage entry = entries[account];
        entry.amount += uint128(msg.value);
        entry.since = uint64(block.timestamp);
        emit Credited(account, msg.sender, uint128(msg.value));
    }

    /// @notice Pays out all that the caller waits for.
    function withdraw() external {
        Entry memory entry = entries[msg.sender];
        if (entry.amount == 0) revert Nothing();
        if (block.timestamp < entry.since + delay) revert Waiting(entry.since + delay);
        if (guardian != address(0) && IPause(guardian).paused()) revert Paused();
        delete entries[msg.sender];
        emit Withdrawn(msg.sender, entry.amount);
        (bool ok,) = msg.sender.call{value: entry.amount}("");
        if (!ok) revert TransferFailed();
    }
}

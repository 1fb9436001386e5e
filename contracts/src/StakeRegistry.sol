// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title StakeRegistry: bonds of sequencers, proposers and provers
/// @notice A bond stays slashable until it has left: asking for it back starts a delay that outlasts every dispute about
/// what the staker did, and a slash takes from what waits to leave as well.
contract StakeRegistry {
    struct Stake {
        uint128 active;
        uint128 leaving;
        uint64 leavesAt;
    }

    /// @notice Contracts that may slash: those that judge disputes. Fixed at creation.
    mapping(address judge => bool) public isJudge;
    /// @notice Seconds between asking for a bond and getting it.
    uint64 public immutable withdrawalDelay;
    /// @notice Least bond that counts as staked.
    uint128 public immutable minimum;
    /// @notice Parts of a slash, in 10,000, that go to who proved the fault; the rest is burned, so that nobody gains by
    /// proving faults of one's own.
    uint256 public constant REWARD = 5000;
    address private constant BURNED = address(0xdEaD);

    mapping(address staker => Stake) public stakes;
    mapping(address prover => uint256) public rewards;

    event Staked(address indexed staker, uint128 amount, uint128 active);
    event Leaving(address indexed staker, uint128 amount, uint64 leavesAt);
    event Left(address indexed staker, uint128 amount);
    event Slashed(address indexed staker, address indexed judge, address indexed beneficiary, uint128 amount, uint128 reward);

    error NotJudge(address caller);
    error TooLittle(uint256 expected, uint256 got);
    error StillBonded(uint64 until);
    error Nothing();
    error TransferFailed();

    constructor(address[] memory judges, uint64 withdrawalDelay_, uint128 minimum_) {
        for (uint256 i = 0; i < judges.length; i++) isJudge[judges[i]] = true;
        withdrawalDelay = withdrawalDelay_;
        minimum = minimum_;
    }

    /// @notice Adds to the caller's bond.
    function stake() external payable {
        Stake storage s = stakes[msg.sender];
        uint128 active = s.active + uint128(msg.value);
        if (active < minimum) revert TooLittle(minimum, active);
        s.active = active;
        emit Staked(msg.sender, uint128(msg.value), active);
    }

    /// @notice Asks for part of the bond back: all of it, or so much that the minimum stays. Asking again starts the delay
    /// anew for all that waits.
    function unstake(uint128 amount) external {
        Stake storage s = stakes[msg.sender];
        if (amount == 0 || amount > s.active) revert Nothing();
        uint128 rest = s.active - amount;
        if (rest != 0 && rest < minimum) revert TooLittle(minimum, rest);
        s.active = rest;
        s.leaving += amount;
        s.leavesAt = uint64(block.timestamp) + withdrawalDelay;
        emit Leaving(msg.sender, amount, s.leavesAt);
    }

    /// @notice Pays out what has waited long enough.
    function withdraw() external {
        Stake storage s = stakes[msg.sender];
        uint128 amount = s.leaving;
        if (amount == 0) revert Nothing();
        if (block.timestamp < s.leavesAt) revert StillBonded(s.leavesAt);
        s.leaving = 0;
        _pay(msg.sender, amount);
        emit Left(msg.sender, amount);
    }

    /// @notice Takes from a bond, what waits to leave included; less if less is there.
    function slash(address staker, uint128 amount, address beneficiary) external returns (uint128 taken) {
        if (!isJudge[msg.sender]) revert NotJudge(msg.sender);
        Stake storage s = stakes[staker];
        uint128 active = amount < s.active ? amount : s.active;
        uint128 leaving = amount - active < s.leaving ? amount - active : s.leaving;
        s.active -= active;
        s.leaving -= leaving;
        taken = active + leaving;
        uint128 reward = uint128((uint256(taken) * REWARD) / 10000);
        rewards[beneficiary] += reward;
        emit Slashed(staker, msg.sender, beneficiary, taken, reward);
        _pay(BURNED, taken - reward);
    }

    /// @notice Pays the caller's rewards.
    function collect() external {
        uint256 amount = rewards[msg.sender];
        if (amount == 0) revert Nothing();
        rewards[msg.sender] = 0;
        _pay(msg.sender, amount);
    }

    /// @notice True with a bond of the minimum or more that is not leaving.
    function isStaked(address account) external view returns (bool) {
        return stakes[account].active >= minimum;
    }

    function _pay(address to, uint256 amount) private {
        (bool ok,) = to.call{value: amount}("");
        if (!ok) revert TransferFailed();
    }
}

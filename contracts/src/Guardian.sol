// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @title Guardian: a brake that lets go by itself, and changes that announce themselves
/// @notice A deputy can pause for 48 hours and then not again for 48 hours. A council of eight or more, three quarters of it,
/// can pause as well, end a pause, and call other contracts after a delay that is longer than any way out takes.
/// A pause ends by itself, and exits do not ask.
/// @dev Contracts that can be paused ask `paused()`. An action is approved member by member and names all it does.
contract Guardian {
    enum Action {
        Pause,
        Unpause,
        Call
    }

    uint64 public constant PAUSE = 48 hours;
    uint64 public constant COOLDOWN = 48 hours;
    uint256 public constant LEAST_MEMBERS = 8;
    /// @notice An approved call that nobody runs within this many seconds of its time is void.
    uint64 public constant GRACE = 14 days;

    address public immutable deputy;
    uint256 public immutable memberCount;
    /// @notice Approvals that an action needs: three quarters of the council, rounded up.
    uint256 public immutable quorum;
    /// @notice Seconds between the approval of a call and the call.
    uint64 public immutable timelock;

    mapping(address member => bool) public isMember;
    mapping(bytes32 id => mapping(address member => bool)) public hasApproved;
    mapping(bytes32 id => uint256) public approvals;
    /// @notice When an approved call may run; 0 before it is approved, 1 once it is done.
    mapping(bytes32 id => uint64) public readyAt;
    uint64 public pausedUntil;
    uint64 private _deputyFrom;

    event Paused(address indexed by, uint64 until);
    event Unpaused();
    event Approved(bytes32 indexed id, address indexed member, uint256 count);
    event Scheduled(bytes32 indexed id, address indexed target, bytes data, uint64 readyAt);
    event CalledOff(bytes32 indexed id);
    event Executed(bytes32 indexed id);

    error NotDeputy(address caller);
    error NotMember(address caller);
    error CoolingDown(uint64 until);
    error TooFewMembers(uint256 expected, uint256 got);
    error NotAMember(address account);
    error AlreadyApproved(bytes32 id);
    error NotApproved(bytes32 id);
    error NotReady(uint64 readyAt);
    error CallFailed(bytes reason);

    constructor(address deputy_, address[] memory members, uint64 timelock_) {
        if (members.length < LEAST_MEMBERS) revert TooFewMembers(LEAST_MEMBERS, members.length);
        deputy = deputy_;
        memberCount = members.length;
        quorum = (members.length * 3 + 3) / 4;
        timelock = timelock_;
        for (uint256 i = 0; i < members.length; i++) {
            if (members[i] == address(0) || isMember[members[i]]) revert NotAMember(members[i]);
            isMember[members[i]] = true;
        }
    }

    modifier onlyCouncil() {
        if (!isMember[msg.sender]) revert NotMember(msg.sender);
        _;
    }

    /// @notice True while paused; never for longer than 48 hours after the last call that paused.
    function paused() external view returns (bool) {
        return block.timestamp < pausedUntil;
    }

    /// @notice The deputy pauses.
    function pause() external {
        if (msg.sender != deputy) revert NotDeputy(msg.sender);
        if (block.timestamp < _deputyFrom) revert CoolingDown(_deputyFrom);
        _deputyFrom = uint64(block.timestamp) + PAUSE + COOLDOWN;
        _pause();
    }

    /// @notice A member approves a pause by the council; the last approval that is needed pauses.
    /// @param salt Tells this pause from others.
    function approvePause(bytes32 salt) external onlyCouncil {
        bytes32 id = actionId(Action.Pause, address(0), "", salt);
        if (!_approve(id)) return;
        readyAt[id] = 1;
        _pause();
    }

    /// @notice A member approves the end of a pause.
    function approveUnpause(bytes32 salt) external onlyCouncil {
        bytes32 id = actionId(Action.Unpause, address(0), "", salt);
        if (!_approve(id)) return;
        readyAt[id] = 1;
        pausedUntil = uint64(block.timestamp);
        emit Unpaused();
    }

    /// @notice A member approves a call; the last approval that is needed starts its delay.
    function approveCall(address target, bytes calldata data, bytes32 salt) external onlyCouncil {
        bytes32 id = actionId(Action.Call, target, data, salt);
        if (!_approve(id)) return;
        uint64 ready = uint64(block.timestamp) + timelock;
        readyAt[id] = ready;
        emit Scheduled(id, target, data, ready);
    }

    /// @notice A member takes an approval back. An approved call that is left with too few is off.
    function takeBack(bytes32 id) external onlyCouncil {
        if (!hasApproved[id][msg.sender] || readyAt[id] == 1) revert NotApproved(id);
        hasApproved[id][msg.sender] = false;
        approvals[id] -= 1;
        if (readyAt[id] != 0 && approvals[id] < quorum) {
            readyAt[id] = 0;
            emit CalledOff(id);
        }
    }

    /// @notice Runs an approved call when its time has come. Anyone may.
    function execute(address target, bytes calldata data, bytes32 salt) external {
        bytes32 id = actionId(Action.Call, target, data, salt);
        uint64 ready = readyAt[id];
        if (ready <= 1 || block.timestamp < ready || block.timestamp > ready + GRACE) revert NotReady(ready);
        readyAt[id] = 1;
        emit Executed(id);
        (bool ok, bytes memory reason) = target.call(data);
        if (!ok) revert CallFailed(reason);
    }

    function actionId(Action action, address target, bytes memory data, bytes32 salt) public view returns (bytes32) {
        return keccak256(abi.encode(address(this), action, target, keccak256(data), salt));
    }

    // True for the approval that completes the quorum.
    function _approve(bytes32 id) private returns (bool) {
        if (hasApproved[id][msg.sender] || readyAt[id] == 1) revert AlreadyApproved(id);
        hasApproved[id][msg.sender] = true;
        uint256 count = approvals[id] + 1;
        approvals[id] = count;
        emit Approved(id, msg.sender, count);
        return count == quorum;
    }

    function _pause() private {
        pausedUntil = uint64(block.timestamp) + PAUSE;
        emit Paused(msg.sender, pausedUntil);
    }
}

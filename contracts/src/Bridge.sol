// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice What the bridge needs of the Inbox.
interface IForcedQueue {
    function enqueue(bytes calldata data) external payable returns (uint64 index);
    function forcedFee() external view returns (uint256);
}

/// @notice What the bridge needs of a token. Tokens that return nothing are dealt with too.
interface IToken {
    function balanceOf(address account) external view returns (uint256);
}

/// @notice Which states of the rollup are final, and what they are; zero for a root that is not known.
interface IFinality {
    function isFinal(uint64 batch) external view returns (bool);
    function exitRoot(uint64 batch) external view returns (bytes32);
}

/// @notice The brake.
interface IGuardian {
    function paused() external view returns (bool);
}

/// @notice The way out if nothing becomes final any more: once frozen, batches from `count` on never were.
interface IHatch {
    function frozen() external view returns (bool isFrozen, uint64 count);
}

/// @notice What leaves only once it is proven. Reverts unless it is.
interface IPolicy {
    function check(uint8 kind, uint64 batch, uint64 index, uint32 token, uint128 value) external view;
}

/// @title Bridge: escrow of what moved to the rollup, and the way back
/// @notice A deposit locks ETH or a token here and queues an item that credits the recipient; like every forced item it
/// cannot be left out. Tokens have small numbers on the rollup: 0 is ETH, others are given in the order of registration.
/// A withdrawal is a leaf below a final exit root. It is paid at once while it is small for what is escrowed and few like
/// it came lately, and less than the cap of the period went out; else it waits. Nobody chooses which: value counts.
/// @dev What is credited is what arrived, so tokens that take a fee on transfer are safe; ones whose balances change by
/// themselves are not backed in full and should not be deposited. Never pays more of a token than came in of it.
contract Bridge {
    struct Bucket {
        uint64 since;
        uint64 used;
    }

    struct Period {
        uint64 start;
        uint128 base;
        uint128 paid;
    }

    /// @notice Small and middling are up to these parts of the escrow at the start of the period, in 10,000.
    uint256 public constant SMALL = 1;
    uint256 public constant MIDDLING = 100;
    uint64 public constant PERIOD = 1 days;
    uint256 private constant LARGE_CLASS = 2;

    IForcedQueue public immutable inbox;
    IFinality public immutable finality;
    /// @notice Zero for none.
    IGuardian public immutable guardian;
    /// @notice Pays out of the escrow once it is frozen; zero for none.
    address public immutable hatch;
    /// @notice What it asks of large withdrawals, as long as nothing is frozen; zero for nothing.
    IPolicy public immutable policy;
    /// @notice The rollup's number, which is in every leaf.
    uint64 public immutable rollup;
    /// @notice Seconds in which a bucket of 256 small withdrawals gets one back; that of 16 middling ones takes 16 times as long.
    uint64 public immutable refill;
    /// @notice Seconds that a large withdrawal waits; a middling one waits a quarter of it when it must, a small one an eighth.
    uint64 public immutable delay;
    /// @notice What goes out at once in a period, in 10,000 parts of the escrow at its start.
    uint16 public immutable cap;

    /// @notice Tokens by number; number 0, ETH, is the zero address.
    address[] public tokens;
    mapping(address token => uint32) public tokenNumbers;
    /// @notice What the bridge owes the rollup, by token number.
    mapping(uint32 token => uint256) public escrow;
    /// @notice What has left the rollup and waits here, by token number.
    mapping(uint32 token => uint256) public delayed;
    /// @notice When a withdrawal that waits may go, by its leaf.
    mapping(bytes32 leaf => uint64) public readyAt;
    mapping(uint32 token => Period) public periods;
    mapping(uint32 token => mapping(uint256 class => Bucket)) private _buckets;
    mapping(uint64 batch => mapping(uint256 word => uint256)) private _taken;

    event TokenRegistered(uint32 indexed number, address indexed token);
    event Deposited(uint64 indexed forcedIndex, address indexed from, uint32 token, uint128 amount, uint8 scheme, bytes32 digest);
    event Withdrawn(uint64 indexed batch, uint64 indexed index, address indexed recipient, uint32 token, uint128 amount);
    event Delayed(uint64 indexed batch, uint64 indexed index, address indexed recipient, uint32 token, uint128 amount, uint64 readyAt);
    event Released(bytes32 indexed leaf);
    event PaidOut(address indexed recipient, uint32 token, uint128 amount);

    error UnknownToken(uint32 number);
    error AlreadyRegistered(address token);
    error NotAToken(address token);
    error NothingDeposited();
    error TooMuch(uint256 amount);
    error WrongValue(uint256 expected, uint256 got);
    error TransferFailed();
    error Reentered();
    error BadLimits();
    error NotFinal(uint64 batch);
    error NotInTree();
    error AlreadyTaken(uint64 batch, uint64 index);
    error NotEscrowed(uint256 escrow, uint256 amount);
    error NotReady(uint64 readyAt);
    error Paused();
    error Frozen();
    error NotHatch(address caller);

    bool private transient _entered;

    modifier once() {
        if (_entered) revert Reentered();
        _entered = true;
        _;
        _entered = false;
    }

    constructor(address inbox_, address finality_, address guardian_, address hatch_, uint64 rollup_, uint64 refill_, uint64 delay_, uint16 cap_, address policy_) {
        if (refill_ == 0 || cap_ > 10000) revert BadLimits();
        inbox = IForcedQueue(inbox_);
        finality = IFinality(finality_);
        guardian = IGuardian(guardian_);
        hatch = hatch_;
        policy = IPolicy(policy_);
        rollup = rollup_;
        refill = refill_;
        delay = delay_;
        cap = cap_;
        tokens.push(address(0));
    }

    /// @notice Gives a token a number on the rollup. Anyone may.
    function register(address token) external returns (uint32 number) {
        if (token.code.length == 0) revert NotAToken(token);
        if (tokenNumbers[token] != 0) revert AlreadyRegistered(token);
        number = uint32(tokens.length);
        tokens.push(token);
        tokenNumbers[token] = number;
        emit TokenRegistered(number, token);
    }

    /// @notice Deposits ETH: the call carries the amount and the fee of a forced item; what is above the fee comes back.
    /// @param amount In wei.
    /// @param scheme The scheme byte of the recipient's address on the rollup.
    /// @param digest The 32 bytes of that address.
    function depositEther(uint128 amount, uint8 scheme, bytes32 digest) external payable once returns (uint64 index) {
        if (amount == 0) revert NothingDeposited();
        index = _queue(0, amount, scheme, digest, amount);
    }

    /// @notice Deposits a token that the caller has approved; the call carries the fee of a forced item.
    function depositToken(uint32 number, uint128 amount, uint8 scheme, bytes32 digest) external payable once returns (uint64 index) {
        if (number == 0 || number >= tokens.length) revert UnknownToken(number);
        address token = tokens[number];
        uint256 before = IToken(token).balanceOf(address(this));
        (bool ok, bytes memory result) = token.call(abi.encodeWithSignature("transferFrom(address,address,uint256)", msg.sender, address(this), amount));
        if (!ok || (result.length != 0 && !abi.decode(result, (bool)))) revert TransferFailed();
        uint256 received = IToken(token).balanceOf(address(this)) - before;
        if (received == 0) revert NothingDeposited();
        if (received > type(uint128).max) revert TooMuch(received);
        index = _queue(number, uint128(received), scheme, digest, 0);
    }

    /// @notice Takes a withdrawal of a final batch: pays it, or lets it wait. Anyone may; the recipient is in the leaf.
    /// @param index The leaf's place among the batch's effects.
    /// @param siblings From the leaf up.
    function withdraw(uint64 batch, uint64 index, uint32 token, uint128 amount, address recipient, bytes32[] calldata siblings) external once {
        _unlessPaused();
        if (!finality.isFinal(batch)) revert NotFinal(batch);
        (bool isFrozen, uint64 count) = _frozen();
        if (isFrozen && batch >= count) revert Frozen();
        if (address(policy) != address(0) && !isFrozen) policy.check(1, batch, index, token, amount);
        bytes32 leaf = leafOf(batch, index, token, amount, recipient);
        _verify(finality.exitRoot(batch), index, leaf, siblings);
        uint256 bit = 1 << (index & 255);
        if (_taken[batch][index >> 8] & bit != 0) revert AlreadyTaken(batch, index);
        _taken[batch][index >> 8] |= bit;
        if (amount > escrow[token]) revert NotEscrowed(escrow[token], amount);
        uint64 wait = _wait(token, amount);
        escrow[token] -= amount;
        if (wait == 0) {
            emit Withdrawn(batch, index, recipient, token, amount);
            _pay(token, recipient, amount);
        } else {
            delayed[token] += amount;
            uint64 ready = uint64(block.timestamp) + wait;
            readyAt[leaf] = ready;
            emit Delayed(batch, index, recipient, token, amount, ready);
        }
    }

    /// @notice Pays a withdrawal that has waited long enough. Anyone may.
    function release(uint64 batch, uint64 index, uint32 token, uint128 amount, address recipient) external once {
        _unlessPaused();
        bytes32 leaf = leafOf(batch, index, token, amount, recipient);
        uint64 ready = readyAt[leaf];
        if (ready == 0 || block.timestamp < ready) revert NotReady(ready);
        readyAt[leaf] = 0;
        delayed[token] -= amount;
        emit Released(leaf);
        _pay(token, recipient, amount);
    }

    /// @notice Pays what the hatch says, out of the escrow. No pause stops it.
    function payOut(uint32 token, uint128 amount, address recipient) external once {
        if (msg.sender != hatch) revert NotHatch(msg.sender);
        if (amount > escrow[token]) revert NotEscrowed(escrow[token], amount);
        escrow[token] -= amount;
        emit PaidOut(recipient, token, amount);
        _pay(token, recipient, amount);
    }

    /// @notice True once a withdrawal was taken: paid, or waiting.
    function isTaken(uint64 batch, uint64 index) external view returns (bool) {
        return _taken[batch][index >> 8] >> (index & 255) & 1 != 0;
    }

    /// @notice The leaf of a withdrawal.
    function leafOf(uint64 batch, uint64 index, uint32 token, uint128 amount, address recipient) public view returns (bytes32) {
        return keccak256(abi.encode(uint256(1), rollup, batch, index, token, amount, recipient));
    }

    function _unlessPaused() private view {
        if (address(guardian) != address(0) && guardian.paused()) revert Paused();
    }

    function _frozen() private view returns (bool isFrozen, uint64 count) {
        if (hatch != address(0)) (isFrozen, count) = IHatch(hatch).frozen();
    }

    function _verify(bytes32 root, uint64 index, bytes32 leaf, bytes32[] calldata siblings) private pure {
        if (root == 0 || siblings.length > 30 || index >> siblings.length != 0) revert NotInTree();
        for (uint256 i = 0; i < siblings.length; i++) {
            leaf = index >> i & 1 == 0 ? keccak256(abi.encode(leaf, siblings[i])) : keccak256(abi.encode(siblings[i], leaf));
        }
        if (leaf != root) revert NotInTree();
    }

    // Seconds that a withdrawal waits; those that do not wait count against bucket and cap.
    function _wait(uint32 token, uint128 amount) private returns (uint64) {
        Period storage period = periods[token];
        if (block.timestamp >= period.start + PERIOD) {
            period.start = uint64(block.timestamp);
            period.base = escrow[token] > type(uint128).max ? type(uint128).max : uint128(escrow[token]);
            period.paid = 0;
        }
        uint256 base = period.base;
        uint256 class = amount <= (base * SMALL) / 10000 ? 0 : amount <= (base * MIDDLING) / 10000 ? 1 : LARGE_CLASS;
        if (class == LARGE_CLASS) return delay;
        Bucket storage bucket = _buckets[token][class];
        uint64 each = class == 0 ? refill : refill * 16;
        uint64 back = (uint64(block.timestamp) - bucket.since) / each;
        if (back >= bucket.used) {
            bucket.used = 0;
            bucket.since = uint64(block.timestamp);
        } else {
            bucket.used -= back;
            bucket.since += back * each;
        }
        if (bucket.used == (class == 0 ? 256 : 16) || uint256(period.paid) + amount > (base * cap) / 10000) return class == 0 ? delay / 8 : delay / 4;
        bucket.used += 1;
        period.paid += amount;
        return 0;
    }

    function _pay(uint32 number, address recipient, uint128 amount) private {
        if (number == 0) {
            (bool sent,) = recipient.call{value: amount}("");
            if (!sent) revert TransferFailed();
            return;
        }
        (bool ok, bytes memory result) = tokens[number].call(abi.encodeWithSignature("transfer(address,uint256)", recipient, amount));
        if (!ok || (result.length != 0 && !abi.decode(result, (bool)))) revert TransferFailed();
    }

    function _queue(uint32 number, uint128 amount, uint8 scheme, bytes32 digest, uint256 locked) private returns (uint64 index) {
        (bool isFrozen,) = _frozen();
        if (isFrozen) revert Frozen();
        uint256 fee = inbox.forcedFee();
        if (msg.value < locked + fee) revert WrongValue(locked + fee, msg.value);
        escrow[number] += amount;
        index = inbox.enqueue{value: fee}(abi.encode(number, amount, scheme, digest, msg.sender));
        emit Deposited(index, msg.sender, number, amount, scheme, digest);
        uint256 rest = msg.value - locked - fee;
        if (rest != 0) {
            (bool ok,) = msg.sender.call{value: rest}("");
            if (!ok) revert TransferFailed();
        }
    }
}

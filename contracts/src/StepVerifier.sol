// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Ledger, Name, Record, Status, StepLedger} from "./StepLedger.sol";
import {Payment, StepPayment} from "./StepPayment.sol";
import {StepRecovery} from "./StepRecovery.sol";
import {StepSignature} from "./StepSignature.sol";

/// @title StepVerifier: executes one step of a payments rollup again
/// @notice Given a machine's state before a step, the step's bytes and a witness, says what comes after: the same as the
/// library's Payments over a Keccak tree, byte for byte (docs/formats/rollups-step.md).
/// @dev Holds nothing and decides nothing: who calls it knows which step of which batch is in dispute. Whatever is not a complete
/// and right witness reverts, so that nothing false can be shown with half of one.
contract StepVerifier {
    using StepLedger for Ledger;

    /// @notice What a claim commits to after every step: keccak256(abi.encode(machine)). forcedRoot and forcedExits are the roots
    /// after the forced items, which stay if the payments cross a cap of the batch.
    struct Machine {
        bytes32 stateRoot;
        bytes32 exitRoot;
        uint64 exits;
        uint64 gas;
        uint64 units;
        bytes32 forcedRoot;
        bytes32 forcedExits;
    }

    /// @notice What steps are. A batch is its forced items, its payments, and one Close.
    enum Kind {
        Payment,
        ForcedPayment,
        Deposit,
        Close
    }

    /// @notice The number of the rollup, who gets fees, the caps of one transaction and of a batch on both meters, and the contract
    /// that checks Ed25519, if that is the scheme of all signatures; zero if it is P-256.
    struct Rules {
        uint64 chainId;
        uint8 feeScheme;
        bytes32 feeDigest;
        uint64 gasCap;
        uint64 unitsCap;
        uint64 batchGasCap;
        uint64 batchUnitsCap;
        address ed25519;
    }

    /// @notice All that one step needs. exits: what shows the next free place among the batch's exits.
    struct Step {
        Machine before;
        Kind kind;
        bytes data;
        bytes witness;
        bytes32[] exits;
    }

    struct Exit {
        bytes32 leaf;
        bool exists;
    }

    uint64 private constant INTRINSIC_GAS = 12700;
    uint64 private constant INTRINSIC_UNITS = 1280;
    uint64 private constant DEPOSIT_GAS = 3900;
    uint64 private constant DEPOSIT_UNITS = 360;

    uint64 public immutable chainId;
    uint8 public immutable feeScheme;
    bytes32 public immutable feeDigest;
    uint64 public immutable gasCap;
    uint64 public immutable unitsCap;
    uint64 public immutable batchGasCap;
    uint64 public immutable batchUnitsCap;
    address public immutable ed25519;

    error WrongState(bytes32 expected, bytes32 got);
    error WrongItem(bytes32 expected, bytes32 got);
    error BadExits();
    error BadRules();

    constructor(Rules memory rules) {
        if (rules.feeScheme == 0 || rules.gasCap < INTRINSIC_GAS || rules.unitsCap < INTRINSIC_UNITS) revert BadRules();
        if (rules.ed25519 == address(0)) StepSignature.requireP256();
        else if (rules.ed25519.code.length == 0) revert BadRules();
        chainId = rules.chainId;
        (feeScheme, feeDigest) = (rules.feeScheme, rules.feeDigest);
        (gasCap, unitsCap) = (rules.gasCap, rules.unitsCap);
        (batchGasCap, batchUnitsCap) = (rules.batchGasCap, rules.batchUnitsCap);
        ed25519 = rules.ed25519;
    }

    /// @notice The leaf of a claim after a step, given the one before it.
    /// @param leaf The leaf before the step, which both sides of a dispute agree on; of a batch's first step, the edge of the batch before.
    /// @param item Names the step's bytes, as the batch's list of items does.
    /// @param number Number of the batch.
    /// @param time Its time, in seconds since 1970.
    /// @param isFirst Whether it is the first step of the batch: step.before then shows the exit root of the batch before, which is none of
    /// this batch's.
    /// @param step What execution needs; untrusted.
    function prove(bytes32 leaf, bytes32 item, uint64 number, uint64 time, bool isFirst, Step calldata step) external view returns (bytes32) {
        Machine memory machine = step.before;
        bytes32 got = isFirst ? edgeOf(machine.stateRoot, machine.exitRoot) : leafOf(machine);
        if (got != leaf) revert WrongState(leaf, got);
        if (isFirst) {
            machine.exitRoot = 0;
            if (leafOf(machine) != leafOf(begin(machine.stateRoot))) revert WrongState(leaf, leafOf(machine));
        }
        got = itemOf(step.kind, step.data);
        if (got != item) revert WrongItem(item, got);
        _execute(machine, number, time, step);
        return step.kind == Kind.Close ? edgeOf(machine.stateRoot, machine.exitRoot) : leafOf(machine);
    }

    /// @notice What a step makes of a machine, and its status.
    function execute(uint64 number, uint64 time, Step calldata step) external view returns (Status status, Machine memory machine) {
        machine = step.before;
        status = _execute(machine, number, time, step);
    }

    /// @notice The machine before the first step of a batch.
    function begin(bytes32 stateRoot) public pure returns (Machine memory machine) {
        (machine.stateRoot, machine.forcedRoot) = (stateRoot, stateRoot);
    }

    /// @notice What a claim commits to before and after a batch.
    function edgeOf(bytes32 stateRoot, bytes32 exitRoot) public pure returns (bytes32) {
        return keccak256(abi.encode(stateRoot, exitRoot));
    }

    /// @notice The hash of a machine's state.
    function leafOf(Machine memory machine) public pure returns (bytes32) {
        return keccak256(abi.encode(machine));
    }

    /// @notice The leaf of a batch's list of items.
    function itemOf(Kind kind, bytes calldata data) public pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(kind), data));
    }

    /// @notice The exit root of docs/formats/rollups-exits.md with one more leaf.
    /// @param path Siblings of the first free place, from the leaf up; none if the tree is full.
    function append(bytes32 root, uint64 count, bytes32 leaf, bytes32[] calldata path) public pure returns (bytes32) {
        if (count & (count == 0 ? 0 : count - 1) == 0) {
            // Full, or empty: the new leaf is the first of a tree beside the old one, as high as that.
            if (path.length != 0 || (count == 0 && root != 0)) revert BadExits();
            if (count == 0) return leaf;
            bytes32 empty = 0;
            for (; count > 1; count >>= 1) {
                leaf = keccak256(abi.encode(leaf, empty));
                empty = keccak256(abi.encode(empty, empty));
            }
            return keccak256(abi.encode(root, leaf));
        }
        if (path.length > 64 || count >> path.length != 0 || count >> (path.length - 1) == 0) revert BadExits();
        bytes32 old = 0;
        for (uint256 i = 0; i < path.length; i++) {
            bool isRight = (count >> i) & 1 != 0;
            old = isRight ? keccak256(abi.encode(path[i], old)) : keccak256(abi.encode(old, path[i]));
            leaf = isRight ? keccak256(abi.encode(path[i], leaf)) : keccak256(abi.encode(leaf, path[i]));
        }
        if (old != root) revert BadExits();
        return leaf;
    }

    // Changes the machine to what it is after the step.
    function _execute(Machine memory machine, uint64 number, uint64 time, Step calldata step) private view returns (Status status) {
        if (step.kind == Kind.Close) {
            if (!_fits(machine.gas, machine.units)) (machine.stateRoot, machine.exitRoot) = (machine.forcedRoot, machine.forcedExits);
            return Status.Applied;
        }
        Ledger memory ledger = StepLedger.open(machine.stateRoot, step.witness);
        Exit memory exit;
        uint64 gas = INTRINSIC_GAS;
        uint64 units = INTRINSIC_UNITS;
        if (step.kind == Kind.Deposit) {
            (status, gas, units) = _deposit(ledger, exit, step.data, number, machine.exits);
        } else {
            (bool isPayment, Payment memory payment) = StepPayment.parse(step.data);
            if (!isPayment || !StepPayment.isWellFormed(payment)) status = Status.Malformed;
            else if (!_isAuthentic(payment)) status = Status.BadSignature;
            else (status, gas, units) = _apply(ledger, exit, payment, number, time, machine.exits);
        }
        (gas, units) = (_sum(machine.gas, gas), _sum(machine.units, units));
        // What is forced takes of the batch's room what there is; a payment that finds none does nothing.
        bool isRoom = step.kind == Kind.Payment || _fits(gas, units);
        bool isForcedPayment = step.kind == Kind.ForcedPayment;
        if (isForcedPayment && status > Status.Reverted) {
            isRoom = false;
        } else if (isForcedPayment && !isRoom) {
            status = Status.OverCap;
            ledger.count = 0;
            exit.exists = false;
        }
        if (isRoom) (machine.gas, machine.units) = (gas, units);
        machine.stateRoot = ledger.close();
        if (exit.exists) {
            machine.exitRoot = append(machine.exitRoot, machine.exits, exit.leaf, step.exits);
            machine.exits++;
        }
        if (step.kind != Kind.Payment) (machine.forcedRoot, machine.forcedExits) = (machine.stateRoot, machine.exitRoot);
    }

    function _apply(Ledger memory ledger, Exit memory exit, Payment memory payment, uint64 number, uint64 time, uint64 index)
        private
        view
        returns (Status status, uint64 gas, uint64 units)
    {
        (gas, units) = (INTRINSIC_GAS, INTRINSIC_UNITS);
        status = _pay(ledger, payment);
        if (status != Status.Applied) {
            ledger.count = 0;
            return (status, gas, units);
        }
        uint256 paid = ledger.count;
        (uint64 moreGas, uint64 moreUnits) = StepPayment.use(payment);
        if (_sum(gas, moreGas) > gasCap || _sum(units, moreUnits) > unitsCap) return (Status.OverCap, gas, units);
        (gas, units) = (gas + moreGas, units + moreUnits);
        status = _do(ledger, exit, payment, number, time, index);
        if (status != Status.Applied) ledger.count = status <= Status.Reverted ? paid : 0;
    }

    // Keys, nonce and fee: what makes a payment valid.
    function _pay(Ledger memory ledger, Payment memory payment) private view returns (Status) {
        (Status status, bytes32 key, Record memory sender) = ledger.account(payment.sender);
        if (status != Status.Applied) return status;
        if (!sender.exists) return Status.UnknownSender;
        if (!_isKeyOf(payment.key, payment.sender, sender)) return Status.WrongKey;
        if (payment.nonce != sender.nonce || sender.nonce == type(uint64).max) return Status.WrongNonce;
        Name memory payer = payment.sender;
        if (payment.sponsor.scheme != 0) {
            payer = payment.sponsor;
            Record memory sponsor;
            (status,, sponsor) = ledger.account(payer);
            if (status != Status.Applied) return status;
            if (!sponsor.exists || !_isKeyOf(payment.sponsorKey, payer, sponsor)) return Status.WrongSponsor;
        }
        sender.nonce++;
        ledger.setAccount(key, sender);
        if (payment.fee == 0) return Status.Applied;
        status = ledger.debit(payer, payment.feeToken, payment.fee);
        if (status == Status.InsufficientBalance) return Status.CannotPayFee;
        return status == Status.Applied ? ledger.credit(Name(feeScheme, feeDigest), payment.feeToken, payment.fee) : status;
    }

    function _do(Ledger memory ledger, Exit memory exit, Payment memory payment, uint64 number, uint64 time, uint64 index)
        private
        view
        returns (Status status)
    {
        uint256 kind = payment.kind;
        if (kind == 0) {
            if (payment.amount == 0) return Status.Applied;
            status = ledger.debit(payment.sender, payment.token, payment.amount);
            return status == Status.Applied ? ledger.credit(payment.recipient, payment.token, payment.amount) : status;
        }
        if (kind == 1) {
            status = ledger.debit(payment.sender, payment.token, payment.amount);
            if (status == Status.Applied) status = ledger.changeSupply(payment.token, payment.amount, false);
            if (status == Status.Applied) _withdraw(exit, number, index, payment.token, payment.amount, payment.l1Recipient);
            return status;
        }
        if (kind == 2) {
            Name memory name = payment.sender;
            bytes32 digest = keccak256(payment.payload);
            exit.leaf = keccak256(
                abi.encode(uint256(2), chainId, number, index, name.scheme, name.digest, payment.l1Recipient, digest)
            );
            exit.exists = true;
            return Status.Applied;
        }
        if (kind == 3) {
            bytes32 key;
            Record memory record;
            (status, key, record) = ledger.account(payment.sender);
            if (status != Status.Applied) return status;
            StepLedger.withKey(record, payment.sender, StepSignature.digestOf(payment.payload));
            ledger.setAccount(key, record);
            return Status.Applied;
        }
        if (kind == 4) return StepRecovery.set(ledger, payment.sender, payment.payload);
        if (kind == 5) {
            return StepRecovery.ask(ledger, payment.sender, payment.recipient, StepSignature.digestOf(payment.payload), true, time);
        }
        if (kind == 6) return StepRecovery.ask(ledger, payment.sender, payment.recipient, bytes32(payment.payload), false, time);
        if (kind == 7) return StepRecovery.finish(ledger, payment.recipient, bytes32(payment.payload), time);
        return StepRecovery.cancel(ledger, payment.sender);
    }

    // abi.encode(uint32 token, uint128 amount, uint8 scheme, bytes32 digest, address sender). Nothing can refuse it: what cannot be
    // credited goes back.
    function _deposit(Ledger memory ledger, Exit memory exit, bytes calldata data, uint64 number, uint64 index)
        private
        view
        returns (Status status, uint64 gas, uint64 units)
    {
        if (data.length != 160) return (Status.Malformed, 0, 0);
        (uint256 token, uint256 amount, uint256 recipientScheme, bytes32 digest, uint256 sender) =
            abi.decode(data, (uint256, uint256, uint256, bytes32, uint256));
        if (token > type(uint32).max || amount > type(uint128).max || recipientScheme > 255 || sender > type(uint160).max) {
            return (Status.Malformed, 0, 0);
        }
        (gas, units) = (DEPOSIT_GAS, DEPOSIT_UNITS);
        if (amount == 0) return (Status.Applied, gas, units);
        status = Status.SentBack;
        if (recipientScheme != 0) {
            status = ledger.changeSupply(uint32(token), uint128(amount), true);
            if (status == Status.Applied) status = ledger.credit(Name(uint8(recipientScheme), digest), uint32(token), uint128(amount));
        }
        if (status == Status.Applied) return (status, gas, units);
        ledger.count = 0;
        _withdraw(exit, number, index, uint32(token), uint128(amount), address(uint160(sender)));
        return (Status.SentBack, gas, units);
    }

    function _withdraw(Exit memory exit, uint64 number, uint64 index, uint32 token, uint128 amount, address to) private view {
        exit.leaf = keccak256(abi.encode(uint256(1), chainId, number, index, token, amount, to));
        exit.exists = true;
    }

    function _isKeyOf(bytes memory key, Name memory name, Record memory record) private pure returns (bool) {
        if (!StepSignature.isKey(key)) return false;
        bytes32 digest = StepSignature.digestOf(key);
        return record.digest == 0 ? uint8(key[0]) == name.scheme && digest == name.digest : digest == record.digest;
    }

    function _isAuthentic(Payment memory payment) private view returns (bool) {
        bytes8 chain = bytes8(uint64(StepLedger.swap(chainId, 8)));
        bytes memory message = abi.encodePacked("Prozchain payment v1", chain, payment.body);
        if (!StepSignature.verify(ed25519, payment.key, message, payment.signature)) return false;
        if (payment.sponsor.scheme == 0) return true;
        message = abi.encodePacked("Prozchain sponsor v1", chain, payment.body);
        return StepSignature.verify(ed25519, payment.sponsorKey, message, payment.sponsorSignature);
    }

    function _fits(uint64 gas, uint64 units) private view returns (bool) {
        return gas <= batchGasCap && units <= batchUnitsCap;
    }

    function _sum(uint64 a, uint64 b) private pure returns (uint64) {
        return a > type(uint64).max - b ? type(uint64).max : a + b;
    }
}

// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {Inbox} from "./Inbox.sol";

/// @notice What it needs of the contract that checks proofs.
interface IEvidence {
    function check(bytes32 startLeaf, bytes32 finalLeaf, bytes32 batchHead, uint32[] calldata systems, bytes[] calldata evidence)
        external
        view
        returns (bool convinces, uint64 trustedFrom);
    function halted() external view returns (bool);
    function trustedFrom() external view returns (uint64);
}

/// @title ProvenChain: a rollup of which every state is proven
/// @notice The Inbox, and which of the states after its batches are final: batch by batch each is proven by the call that
/// tells its roots, upon the one before, and final once a while has gone by in which two proofs that contradict each other
/// would have halted the registry. Nobody claims, bonds or disputes anything.
/// @dev What was proven is a hash chain of records, of which one word is kept: that of the newest, keccak256(abi.encode(
/// uint64 batches proven with it, bytes32 finalLeaf, uint64 provenAt, bytes32 record before)), where finalLeaf =
/// keccak256(abi.encode(state root, exit root)). Calls name the newest ones again: `recent`, newest first, and the record
/// below the last of them. An exit root is kept from the start, a state root where somebody asks for it. No owner, no proxy.
contract ProvenChain is Inbox {
    struct Link {
        bytes32 finalLeaf;
        uint64 provenAt;
    }

    struct Progress {
        uint64 proven;
        uint64 done;
        uint64 doneAt;
        uint64 unused;
    }

    /// @notice No wait after a proof is shorter.
    uint64 public constant LEAST_PROOF_DELAY = 60;

    IEvidence public immutable proofs;
    /// @notice Seconds from a proof to finality.
    uint64 public immutable proofDelay;
    bytes32 public immutable genesisLeaf;

    /// @notice The newest record; zero before the first.
    bytes32 public tip;
    Progress private _progress;
    mapping(uint64 batch => bytes32) private _exitRoots;
    mapping(uint64 batch => bytes32) private _stateRoots;

    event Proven(uint64 indexed batch, bytes32 stateRoot, bytes32 exitRoot, uint64 provenAt, uint64 finalCount);
    event Finalized(uint64 finalCount);
    event Published(uint64 indexed batch, bytes32 stateRoot, bytes32 exitRoot);
    event Dropped(uint64 from, uint64 to);

    error TooShort(uint64 least, uint64 got);
    error NoBatch(uint64 batch);
    error UnknownRecords();
    error NotProven(uint64 batch);
    error Stale(uint64 batch);
    error NotStale(uint64 batch);
    error NotFinal(uint64 batch);
    error WrongRoots();
    error Halted();
    error NothingToDo();

    constructor(address sequencer_, address[] memory committee, uint256 threshold_, address proofs_, uint64 proofDelay_, bytes32 genesisRoot)
        Inbox(sequencer_, committee, threshold_)
    {
        if (proofDelay_ < LEAST_PROOF_DELAY) revert TooShort(LEAST_PROOF_DELAY, proofDelay_);
        proofs = IEvidence(proofs_);
        proofDelay = proofDelay_;
        genesisLeaf = leafOf(genesisRoot, 0);
        _progress.doneAt = uint64(block.timestamp);
    }

    /// @notice Makes several calls of this contract in one transaction: what proves a batch and what appends the next one.
    /// All or none. A batch in calldata must be a call of its own: followers read it out of the transaction.
    function multicall(bytes[] calldata calls) external {
        for (uint256 i = 0; i < calls.length; i++) {
            (bool ok, bytes memory reason) = address(this).delegatecall(calls[i]);
            if (ok) continue;
            assembly ("memory-safe") {
                revert(add(reason, 32), mload(reason))
            }
        }
    }

    /// @notice Proves what the next batch led to, and makes final what of `recent` is due. Anyone may.
    /// @param recent The newest records, with the newest at least; none before the first batch is proven.
    /// @param below The record below the last of them; zero for none.
    /// @param systems Numbers of proof systems, ascending.
    /// @param evidence What each of them says.
    function prove(Link[] calldata recent, bytes32 below, bytes32 stateRoot_, bytes32 exitRoot_, uint32[] calldata systems, bytes[] calldata evidence) external {
        Progress memory p = _progress;
        bytes32 before = _know(recent, below, p.proven);
        uint64 batch = p.proven;
        bytes32 head = batchHeads[batch];
        if (head == 0) revert NoBatch(batch);
        if (recent.length == 0 && batch != 0) revert UnknownRecords();
        bytes32 finalLeaf = leafOf(stateRoot_, exitRoot_);
        (bool convinces, uint64 trusted) = proofs.check(batch == 0 ? genesisLeaf : recent[0].finalLeaf, finalLeaf, head, systems, evidence);
        // In the second of a resume nothing counts yet.
        if (!convinces || block.timestamp <= trusted) revert NotProven(batch);
        _settle(p, recent, trusted);
        // What a halt overtook before it was final is no ground to build on.
        if (p.done != batch && recent[0].provenAt <= trusted) revert Stale(batch - 1);
        p.proven = batch + 1;
        tip = _record(batch + 1, finalLeaf, uint64(block.timestamp), before);
        _progress = p;
        if (exitRoot_ != 0) _exitRoots[batch] = exitRoot_;
        emit Proven(batch, stateRoot_, exitRoot_, uint64(block.timestamp), p.done);
    }

    /// @notice Makes final what of `recent` is due.
    function finalize(Link[] calldata recent, bytes32 below) external {
        Progress memory p = _progress;
        _know(recent, below, p.proven);
        if (proofs.halted()) revert Halted();
        if (!_settle(p, recent, proofs.trustedFrom())) revert NothingToDo();
        _progress = p;
        emit Finalized(p.done);
    }

    /// @notice Keeps the state root of a final batch, for contracts to ask.
    /// @param path The records from the newest to the batch's.
    function publish(Link[] calldata path, bytes32 below, bytes32 stateRoot_, bytes32 exitRoot_) external {
        Progress memory p = _progress;
        _know(path, below, p.proven);
        uint64 batch = p.proven - uint64(path.length);
        if (path.length == 0 || batch >= p.done) revert NotFinal(batch);
        if (leafOf(stateRoot_, exitRoot_) != path[path.length - 1].finalLeaf) revert WrongRoots();
        _stateRoots[batch] = stateRoot_;
        emit Published(batch, stateRoot_, exitRoot_);
    }

    /// @notice Drops what was proven before the registry was mended and not final by then, all or the newest of it. It is
    /// proven again, with what the registry trusts now.
    function restart(Link[] calldata stale, bytes32 below) external {
        Progress memory p = _progress;
        _know(stale, below, p.proven);
        if (stale.length == 0) revert NothingToDo();
        uint64 from = p.proven - uint64(stale.length);
        if (from < p.done || stale[0].provenAt > proofs.trustedFrom()) revert NotStale(p.proven - 1);
        for (uint64 batch = from; batch < p.proven; batch++) {
            if (_exitRoots[batch] != 0) _exitRoots[batch] = 0;
        }
        emit Dropped(from, p.proven);
        p.proven = from;
        tip = below;
        _progress = p;
    }

    /// @notice Batches that are proven, and of those, final.
    function provenCount() external view returns (uint64) {
        return _progress.proven;
    }

    function finalCount() external view returns (uint64) {
        return _progress.done;
    }

    function isFinal(uint64 batch) external view returns (bool) {
        return batch < _progress.done;
    }

    /// @notice The state root after a final batch; zero where it was not kept.
    function stateRoot(uint64 batch) external view returns (bytes32) {
        return _stateRoots[batch];
    }

    /// @notice The exit root after a final batch; zero where nothing left.
    function exitRoot(uint64 batch) external view returns (bytes32) {
        return batch < _progress.done ? _exitRoots[batch] : bytes32(0);
    }

    /// @notice The newest final batch, and when it became so; with none, when the chain began.
    function lastFinal() external view returns (uint64 batch, uint64 since, bool any) {
        Progress memory p = _progress;
        return (p.done == 0 ? 0 : p.done - 1, p.doneAt, p.done != 0);
    }

    function lastFinalAt() external view returns (uint64) {
        return _progress.doneAt;
    }

    /// @notice What a proof is about.
    function leafOf(bytes32 stateRoot_, bytes32 exitRoot_) public pure returns (bytes32) {
        return keccak256(abi.encode(stateRoot_, exitRoot_));
    }

    // The newest that is old enough makes all below it final, as of when it was; none that the registry trusts no more.
    function _settle(Progress memory p, Link[] calldata recent, uint64 trusted) private view returns (bool) {
        uint64 latest = uint64(block.timestamp) - proofDelay;
        for (uint64 i = 0; i < recent.length && p.proven - i > p.done; i++) {
            uint64 when = recent[i].provenAt;
            if (when > latest || when <= trusted) continue;
            p.done = p.proven - i;
            p.doneAt = when + proofDelay;
            return true;
        }
        return false;
    }

    // Only the records that were made lead from any word to the newest one.
    function _know(Link[] calldata recent, bytes32 below, uint64 count) private view returns (bytes32 record) {
        if (recent.length > count) revert UnknownRecords();
        record = below;
        for (uint256 i = recent.length; i > 0; i--) record = _record(count - uint64(i) + 1, recent[i - 1].finalLeaf, recent[i - 1].provenAt, record);
        if (record != tip) revert UnknownRecords();
    }

    function _record(uint64 count, bytes32 finalLeaf, uint64 provenAt, bytes32 before) private pure returns (bytes32) {
        return keccak256(abi.encode(count, finalLeaf, provenAt, before));
    }
}

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

    /// @notice No wait after a proof is shorter.
    uint64 public constant LEAST_PROOF_DELAY = 60;

    IEvidence public immutable proofs;
    /// @notice Seconds from a proof to finality.
    uint64 public immutable proofDelay;
    bytes32 public immutable genesisLeaf;

    /// @notice The newest record; zero before the first.
    bytes32 public tip;
    // In one word, from the low bits up: batches proven, those final, and when the last of them became so; 64 bits each.
    uint256 private _progress;
    mapping(uint64 batch => bytes32) private _exitRoots;
    mapping(uint64 batch => bytes32) private _stateRoots;

    event Proven(uint64 indexed batch, bytes32 stateRoot, bytes32 exitRoot, uint64 provenAt);
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
        _save(0, 0, uint64(block.timestamp));
    }

    /// @notice Makes several calls of this contract in one transaction: what proves a batch and what appends the next one.
    /// All or none. A batch in calldata must be a call of its own: followers read it out of the transaction.
    function multicall(bytes[] calldata calls) external {
        for (uint256 i = 0; i < calls.length; i++) {
            bytes calldata data = calls[i];
            assembly ("memory-safe") {
                let m := mload(0x40)
                calldatacopy(m, data.offset, data.length)
                if iszero(delegatecall(gas(), address(), m, data.length, 0, 0)) {
                    returndatacopy(m, 0, returndatasize())
                    revert(m, returndatasize())
                }
            }
        }
    }

    /// @notice Proves what the next batch led to, and makes final what of `recent` is due. Anyone may.
    /// @param recent The newest records, with the newest at least; none before the first batch is proven.
    /// @param below The record below the last of them; zero for none.
    /// @param systems Numbers of proof systems, ascending.
    /// @param evidence What each of them says.
    function prove(Link[] calldata recent, bytes32 below, bytes32 stateRoot_, bytes32 exitRoot_, uint32[] calldata systems, bytes[] calldata evidence) external {
        (uint64 batch, uint64 done, uint64 doneAt) = _load();
        bytes32 before = _know(recent, below, batch);
        bytes32 head = batchHeads[batch];
        if (head == 0) revert NoBatch(batch);
        if (recent.length == 0 && batch != 0) revert UnknownRecords();
        bytes32 finalLeaf = leafOf(stateRoot_, exitRoot_);
        (bool convinces, uint64 trusted) = proofs.check(batch == 0 ? genesisLeaf : recent[0].finalLeaf, finalLeaf, head, systems, evidence);
        // In the second of a resume nothing counts yet.
        if (!convinces || block.timestamp <= trusted) revert NotProven(batch);
        uint64 count = _due(recent, batch, done, trusted);
        if (count != done) (done, doneAt) = (count, uint64(block.timestamp));
        // What a halt overtook before it was final is no ground to build on.
        if (done != batch && recent[0].provenAt <= trusted) revert Stale(batch - 1);
        _save(batch + 1, done, doneAt);
        tip = _record(batch + 1, finalLeaf, uint64(block.timestamp), before);
        if (exitRoot_ != 0) _exitRoots[batch] = exitRoot_;
        emit Proven(batch, stateRoot_, exitRoot_, uint64(block.timestamp));
    }

    /// @notice Makes final what of `recent` is due.
    function finalize(Link[] calldata recent, bytes32 below) external {
        (uint64 proven, uint64 done,) = _load();
        _know(recent, below, proven);
        if (proofs.halted()) revert Halted();
        uint64 count = _due(recent, proven, done, proofs.trustedFrom());
        if (count == done) revert NothingToDo();
        _save(proven, count, uint64(block.timestamp));
        emit Finalized(count);
    }

    /// @notice Keeps the state root of a final batch, for contracts to ask.
    /// @param path The records from the newest to the batch's.
    function publish(Link[] calldata path, bytes32 below, bytes32 stateRoot_, bytes32 exitRoot_) external {
        (uint64 proven, uint64 done,) = _load();
        _know(path, below, proven);
        uint64 batch = proven - uint64(path.length);
        if (path.length == 0 || batch >= done) revert NotFinal(batch);
        if (leafOf(stateRoot_, exitRoot_) != path[path.length - 1].finalLeaf) revert WrongRoots();
        _stateRoots[batch] = stateRoot_;
        emit Published(batch, stateRoot_, exitRoot_);
    }

    /// @notice Drops what was proven before the registry was mended and not final by then, all or the newest of it. It is
    /// proven again, with what the registry trusts now.
    function restart(Link[] calldata stale, bytes32 below) external {
        (uint64 proven, uint64 done, uint64 doneAt) = _load();
        _know(stale, below, proven);
        if (stale.length == 0) revert NothingToDo();
        uint64 from = proven - uint64(stale.length);
        if (from < done || stale[0].provenAt > proofs.trustedFrom()) revert NotStale(proven - 1);
        for (uint64 batch = from; batch < proven; batch++) {
            if (_exitRoots[batch] != 0) _exitRoots[batch] = 0;
        }
        _save(from, done, doneAt);
        tip = below;
        emit Dropped(from, proven);
    }

    /// @notice Batches that are proven, and of those, final.
    function provenCount() external view returns (uint64 proven) {
        (proven,,) = _load();
    }

    function finalCount() public view returns (uint64 done) {
        (, done,) = _load();
    }

    function isFinal(uint64 batch) public view returns (bool) {
        return batch < finalCount();
    }

    /// @notice The state root after a final batch; zero where it was not kept.
    function stateRoot(uint64 batch) external view returns (bytes32) {
        return _stateRoots[batch];
    }

    /// @notice The exit root after a final batch; zero where nothing left.
    function exitRoot(uint64 batch) external view returns (bytes32) {
        return isFinal(batch) ? _exitRoots[batch] : bytes32(0);
    }

    /// @notice The newest final batch, and when it became so; with none, when the chain began.
    function lastFinal() external view returns (uint64 batch, uint64 since, bool any) {
        (, uint64 done, uint64 doneAt) = _load();
        return (done == 0 ? 0 : done - 1, doneAt, done != 0);
    }

    function lastFinalAt() external view returns (uint64 doneAt) {
        (,, doneAt) = _load();
    }

    /// @notice What a proof is about.
    function leafOf(bytes32 stateRoot_, bytes32 exitRoot_) public pure returns (bytes32 leaf) {
        assembly ("memory-safe") {
            mstore(0, stateRoot_)
            mstore(32, exitRoot_)
            leaf := keccak256(0, 64)
        }
    }

    function _load() private view returns (uint64 proven, uint64 done, uint64 doneAt) {
        uint256 word = _progress;
        return (uint64(word), uint64(word >> 64), uint64(word >> 128));
    }

    function _save(uint64 proven, uint64 done, uint64 doneAt) private {
        _progress = uint256(proven) | (uint256(done) << 64) | (uint256(doneAt) << 128);
    }

    // Batches that are final now: the newest record that is old enough makes all below it so; none that the registry trusts no more.
    function _due(Link[] calldata recent, uint64 proven, uint64 done, uint64 trusted) private view returns (uint64) {
        uint64 latest = uint64(block.timestamp) - proofDelay;
        for (uint256 i = 0; i < recent.length && proven - i > done; i++) {
            uint64 when = recent[i].provenAt;
            if (when <= latest && when > trusted) return proven - uint64(i);
        }
        return done;
    }

    // Only the records that were made lead from any word to the newest one.
    function _know(Link[] calldata recent, bytes32 below, uint64 proven) private view returns (bytes32 record) {
        if (recent.length > proven) revert UnknownRecords();
        record = below;
        for (uint256 i = recent.length; i > 0; i--) {
            Link calldata link = recent[i - 1];
            record = _record(proven - uint64(i) + 1, link.finalLeaf, link.provenAt, record);
        }
        if (record != tip) revert UnknownRecords();
    }

    function _record(uint64 count, bytes32 finalLeaf, uint64 provenAt, bytes32 before) private pure returns (bytes32 record) {
        assembly ("memory-safe") {
            let m := mload(0x40)
            mstore(m, count)
            mstore(add(m, 32), finalLeaf)
            mstore(add(m, 64), provenAt)
            mstore(add(m, 96), before)
            record := keccak256(m, 128)
        }
    }
}

// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

import {StepVerifier} from "./StepVerifier.sol";

/// @notice What tells whether a batch counts as empty, because its bytes or items were not shown.
interface IWithheld {
    function isWithheld(uint64 batch) external view returns (bool);
}

/// @title StepJudge: which step stands at a position of a batch, and what comes after it
/// @notice What a tournament asks: it knows the head of the batch in the Inbox's chain and a position, and everything else is
/// opened against them (docs/formats/rollups-step.md). Of every kind of batch, because each commits to the list of its items.
contract StepJudge {
    /// @notice What the Inbox hashes into the head of the chain of batches.
    struct Header {
        bytes32 before;
        uint64 number;
        uint8 kind;
        bytes32 commitment;
        uint64 forcedTaken;
        bytes32 forcedHead;
        uint256 blockNumber;
        uint256 timestamp;
    }

    /// @notice What the Inbox hashes into the head of the chain of forced items.
    struct Link {
        bytes32 before;
        bytes32 item;
        uint256 blockNumber;
        uint256 timestamp;
    }

    /// @notice The commitment of a batch: its bytes, the root over its payments' items, their number, and its time.
    struct List {
        bytes32 data;
        bytes32 items;
        uint64 count;
        uint64 time;
    }

    /// @notice earlier: the batch before, unless it is the first. links: of a forced item, from the batch's last one back to it.
    /// sender: who queued it. path: of a payment, its siblings in the list, from the leaf up.
    struct Opening {
        Header header;
        Header earlier;
        List list;
        Link[] links;
        address sender;
        bytes32[] path;
        StepVerifier.Step step;
    }

    StepVerifier public immutable verifier;
    /// @notice Whose forced items are deposits.
    address public immutable bridge;
    /// @notice What tells which batches are withheld; without one, none is.
    IWithheld public immutable challenges;

    error WrongHeader(bytes32 expected, bytes32 got);
    error WrongList();
    error WrongLink(uint256 index);
    error WrongPath();
    error WrongKind();

    constructor(address verifier_, address bridge_, address challenges_) {
        (verifier, bridge, challenges) = (StepVerifier(verifier_), bridge_, IWithheld(challenges_));
    }

    /// @notice True if the leaf after the step at a position is right. Reverts for what does not show which one is.
    function step(bytes32 preLeaf, bytes32 postLeaf, uint64 index, bytes32 batchHead, bytes calldata witness) external view returns (bool) {
        Opening memory opening = abi.decode(witness, (Opening));
        Header memory header = opening.header;
        _check(header, batchHead);
        uint64 taken = 0;
        if (header.before != 0) {
            _check(opening.earlier, header.before);
            taken = opening.earlier.forcedTaken;
        }
        List memory list = opening.list;
        if (keccak256(abi.encode(list)) != header.commitment) revert WrongList();
        // Of a batch that is withheld, only who posted it may know the payments.
        uint256 count = address(challenges) != address(0) && challenges.isWithheld(header.number) ? 0 : list.count;
        uint256 forced = header.forcedTaken - taken;
        StepVerifier.Kind kind = opening.step.kind;
        if (index < forced) _checkForced(opening, forced - index);
        else if (index < forced + count) _checkListed(opening, index - forced);
        else if (index > forced + count) return preLeaf == postLeaf;
        else if (kind != StepVerifier.Kind.Close) revert WrongKind();
        bytes32 item = keccak256(abi.encodePacked(uint8(kind), opening.step.data));
        return verifier.prove(preLeaf, item, header.number, list.time, index == 0, opening.step) == postLeaf;
    }

    function _check(Header memory header, bytes32 head) private pure {
        bytes32 got = keccak256(abi.encode(header));
        if (got != head) revert WrongHeader(head, got);
    }

    function _checkForced(Opening memory opening, uint256 depth) private view {
        if (opening.links.length != depth) revert WrongLink(opening.links.length);
        bytes32 head = opening.header.forcedHead;
        for (uint256 i = 0; i < depth; i++) {
            if (keccak256(abi.encode(opening.links[i])) != head) revert WrongLink(i);
            head = opening.links[i].before;
        }
        bool isDeposit = opening.sender == bridge;
        if (opening.step.kind != (isDeposit ? StepVerifier.Kind.Deposit : StepVerifier.Kind.ForcedPayment)) revert WrongKind();
        if (keccak256(abi.encode(opening.sender, keccak256(opening.step.data))) != opening.links[depth - 1].item) revert WrongLink(depth);
    }

    function _checkListed(Opening memory opening, uint256 place) private pure {
        if (opening.step.kind != StepVerifier.Kind.Payment) revert WrongKind();
        uint256 height = 1;
        while (opening.list.count > (uint256(1) << height)) height++;
        if (height > 32 || opening.path.length != height) revert WrongPath();
        bytes32 node = keccak256(abi.encodePacked(uint8(opening.step.kind), opening.step.data));
        for (uint256 i = 0; i < height; i++) {
            bytes32 sibling = opening.path[i];
            node = (place >> i) & 1 == 0 ? keccak256(abi.encode(node, sibling)) : keccak256(abi.encode(sibling, node));
        }
        if (node != opening.list.items) revert WrongPath();
    }
}

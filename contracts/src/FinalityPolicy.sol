// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.37;

/// @notice What it asks the state chain.
interface IProvenExits {
    function provenExit(uint64 batch, uint64 index) external view returns (bool isProven, uint64 periodEnd);
}

/// @title FinalityPolicy: what leaves the rollup only once it is proven
/// @notice A table by kind, token and value. Bridge and MessageRoot ask it besides whether the batch is final. What no rule
/// covers asks for no more; a larger value never for less.
contract FinalityPolicy {
    struct Rule {
        uint8 kind;
        uint32 token;
        uint128 fromValue;
        uint8 requirement;
    }

    uint8 public constant WITHDRAWAL = 1;
    uint8 public constant MESSAGE = 2;
    /// @notice That the exit is proven; and besides, that the period of its claim is over.
    uint8 public constant PROVE = 1;
    uint8 public constant BOTH = 2;
    uint256 public constant MAX_RULES = 32;

    IProvenExits public immutable finality;
    Rule[] public rules;

    error MustBeProven(uint64 batch, uint64 index);
    error NotYet(uint64 from);
    error WrongRule(uint256 index);
    error TooMany(uint256 got);

    /// @param rules_ By kind, token and value, rising; a message has neither token nor value.
    constructor(address finality_, Rule[] memory rules_) {
        if (rules_.length > MAX_RULES) revert TooMany(rules_.length);
        finality = IProvenExits(finality_);
        for (uint256 i = 0; i < rules_.length; i++) {
            Rule memory rule = rules_[i];
            bool isKnown = rule.kind == WITHDRAWAL || (rule.kind == MESSAGE && rule.token == 0 && rule.fromValue == 0);
            if (!isKnown || rule.requirement < PROVE || rule.requirement > BOTH) revert WrongRule(i);
            if (i != 0) {
                Rule memory last = rules_[i - 1];
                bool isSame = rule.kind == last.kind && rule.token == last.token;
                if (isSame ? rule.fromValue <= last.fromValue || rule.requirement < last.requirement : _place(rule) <= _place(last)) revert WrongRule(i);
            }
            rules.push(rule);
        }
    }

    /// @notice Reverts unless what left the rollup at a place of a batch is as far as its kind and value ask for. That the batch is final is for the caller to check.
    function check(uint8 kind, uint64 batch, uint64 index, uint32 token, uint128 value) external view {
        uint8 needed = requirement(kind, token, value);
        if (needed == 0) return;
        (bool isProven, uint64 periodEnd) = finality.provenExit(batch, index);
        if (!isProven) revert MustBeProven(batch, index);
        if (needed == BOTH && block.timestamp < periodEnd) revert NotYet(periodEnd);
    }

    function ruleCount() external view returns (uint256) {
        return rules.length;
    }

    /// @notice What is asked for, besides that the batch is final: 0 nothing, 1 a proof, 2 a proof and the period.
    function requirement(uint8 kind, uint32 token, uint128 value) public view returns (uint8 needed) {
        uint256 count = rules.length;
        for (uint256 i = 0; i < count; i++) {
            Rule memory rule = rules[i];
            if (rule.kind == kind && rule.token == token && rule.fromValue <= value) needed = rule.requirement;
        }
    }

    function _place(Rule memory rule) private pure returns (uint256) {
        return uint256(rule.kind) << 32 | rule.token;
    }
}

using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Finality;

/// <summary>What an operation waits for, from weak to strong.</summary>
public enum FinalityRequirement : byte
{
    /// <summary>That its claim is final.</summary>
    Optimistic,

    /// <summary>Besides, that a validity proof covers its segment.</summary>
    Prove,

    /// <summary>Besides, that the challenge period has passed, however much is proven.</summary>
    Both,
}

/// <summary>Something that leaves the rollup in a batch.</summary>
/// <param name="Step">Index of its transaction.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Token">Token of a withdrawal; 0 of a message.</param>
/// <param name="Value">What a withdrawal moves, in the token's smallest unit; 0 of a message.</param>
public readonly record struct Operation(ulong Step, EffectKind Kind, uint Token, UInt128 Value);

/// <summary>A row of the table.</summary>
/// <param name="Kind">What leaves the rollup and is of this kind</param>
/// <param name="Token">and token; 0 of messages</param>
/// <param name="FromValue">and moves at least so much; 0 of messages</param>
/// <param name="Requirement">waits for this.</param>
public readonly record struct FinalityRule(EffectKind Kind, uint Token, UInt128 FromValue, FinalityRequirement Requirement);

/// <summary>
/// The table by which what leaves a hybrid rollup does so (contracts/src/FinalityPolicy.sol). Larger values never wait for less.
/// Where the rollup has ended, only what was final already leaves it, and the table asks for no more.
/// </summary>
public sealed class FinalityPolicy
{
    private readonly FinalityRule[] _rules;

    /// <summary>Makes a table. What no row covers is optimistic.</summary>
    /// <param name="rules">The rows, in any order; 32 at most.</param>
    /// <exception cref="ArgumentException">Too many rows, two for one value, a larger value that waits for less, or a message with a token or value.</exception>
    public FinalityPolicy(params ReadOnlySpan<FinalityRule> rules)
    {
        _rules = rules.ToArray();
        Array.Sort(_rules, static (one, other) => (one.Kind, one.Token, one.FromValue).CompareTo((other.Kind, other.Token, other.FromValue)));
        if (_rules.Length > Evm.FinalityPolicyContract.MaxRules) throw new ArgumentException($"Expected at most {Evm.FinalityPolicyContract.MaxRules} rules, got {_rules.Length}.", nameof(rules));
        for (int i = 0; i < _rules.Length; i++)
        {
            FinalityRule rule = _rules[i], last = i == 0 ? default : _rules[i - 1];
            if (!Enum.IsDefined(rule.Kind) || !Enum.IsDefined(rule.Requirement)) throw new ArgumentException($"Expected a kind and a requirement, got {rule.Kind} and {rule.Requirement}.", nameof(rules));
            if (rule.Kind == EffectKind.Message && (rule.Token != 0 || rule.FromValue != 0)) throw new ArgumentException($"Expected no token and no value of a message, got {rule.Token} and {rule.FromValue}.", nameof(rules));
            if ((rule.Kind, rule.Token) != (last.Kind, last.Token)) continue;
            if (rule.FromValue == last.FromValue) throw new ArgumentException($"Expected one rule per kind, token and value, got two for {rule.Kind} of {rule.Token} from {rule.FromValue}.", nameof(rules));
            if (rule.Requirement < last.Requirement) throw new ArgumentException($"Expected at least {last.Requirement} for {rule.Kind} of {rule.Token} from {rule.FromValue}, got {rule.Requirement}.", nameof(rules));
        }
    }

    /// <summary>Messages are proven before they are delivered: they may create funds elsewhere, or change its rules.</summary>
    public static FinalityPolicy Default { get; } = new(new FinalityRule(EffectKind.Message, 0, 0, FinalityRequirement.Prove));

    /// <summary>The rows, by kind, token and value.</summary>
    public ReadOnlySpan<FinalityRule> Rules => _rules;

    /// <summary>What something that leaves the rollup waits for.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="token">Token of a withdrawal; 0 of a message.</param>
    /// <param name="value">What a withdrawal moves; 0 of a message.</param>
    public FinalityRequirement Requirement(EffectKind kind, uint token, UInt128 value) => Find(_rules, kind, token, value);

    internal static FinalityRequirement Find(ReadOnlySpan<FinalityRule> rules, EffectKind kind, uint token, UInt128 value)
    {
        FinalityRequirement found = FinalityRequirement.Optimistic;
        foreach (FinalityRule rule in rules)
            if (rule.Kind == kind && rule.Token == token && rule.FromValue <= value) found = rule.Requirement;
        return found;
    }
}

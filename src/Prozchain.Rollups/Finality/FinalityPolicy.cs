namespace Prozchain.Rollups.Finality;

/// <summary>What an operation is, as far as its finality goes.</summary>
public enum OperationKind : byte
{
    /// <summary>A payment on the rollup.</summary>
    Transfer,

    /// <summary>Funds that leave it.</summary>
    Withdrawal,

    /// <summary>A message to another chain.</summary>
    Message,

    /// <summary>Funds created on another chain.</summary>
    BridgeMint,

    /// <summary>A change of the rules.</summary>
    Governance,
}

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

/// <summary>An operation of a batch.</summary>
/// <param name="Step">Index of its transaction.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Value">What it moves, in the smallest unit of the rollup's native token.</param>
public readonly record struct Operation(ulong Step, OperationKind Kind, UInt128 Value);

/// <summary>A row of the table.</summary>
/// <param name="Kind">Operations of this kind</param>
/// <param name="FromValue">that move at least so much</param>
/// <param name="Requirement">wait for this.</param>
public readonly record struct FinalityRule(OperationKind Kind, UInt128 FromValue, FinalityRequirement Requirement);

/// <summary>The table by which each operation of a hybrid rollup becomes final. Larger values never wait for less.</summary>
public sealed class FinalityPolicy
{
    private readonly FinalityRule[] _rules;

    /// <summary>Makes a table. What no row covers is optimistic.</summary>
    /// <param name="rules">The rows, in any order.</param>
    /// <exception cref="ArgumentException">Two rows for one value, or a larger value that waits for less.</exception>
    public FinalityPolicy(params ReadOnlySpan<FinalityRule> rules)
    {
        _rules = rules.ToArray();
        Array.Sort(_rules, static (one, other) => (one.Kind, one.FromValue).CompareTo((other.Kind, other.FromValue)));
        for (int i = 1; i < _rules.Length; i++)
        {
            if (_rules[i].Kind != _rules[i - 1].Kind) continue;
            if (_rules[i].FromValue == _rules[i - 1].FromValue) throw new ArgumentException($"Expected one rule per kind and value, got two for {_rules[i].Kind} from {_rules[i].FromValue}.", nameof(rules));
            if (_rules[i].Requirement < _rules[i - 1].Requirement) throw new ArgumentException($"Expected at least {_rules[i - 1].Requirement} for {_rules[i].Kind} from {_rules[i].FromValue}, got {_rules[i].Requirement}.", nameof(rules));
        }
    }

    /// <summary>Governance and mints elsewhere are proven before they are final, whatever they move; governance waits out the challenge period too.</summary>
    public static FinalityPolicy Default { get; } = new(new FinalityRule(OperationKind.BridgeMint, 0, FinalityRequirement.Prove), new FinalityRule(OperationKind.Governance, 0, FinalityRequirement.Both));

    /// <summary>The rows, by kind and value.</summary>
    public ReadOnlySpan<FinalityRule> Rules => _rules;

    /// <summary>What an operation waits for.</summary>
    public FinalityRequirement Requirement(OperationKind kind, UInt128 value)
    {
        FinalityRequirement found = FinalityRequirement.Optimistic;
        foreach (FinalityRule rule in _rules)
            if (rule.Kind == kind && rule.FromValue <= value) found = rule.Requirement;
        return found;
    }
}

namespace Prozchain.Zk.Stark;

/// <summary>What a prover is at.</summary>
public enum StarkStage
{
    /// <summary>Checking the traces, if asked to.</summary>
    Checking,

    /// <summary>Extending and committing to the traces.</summary>
    Traces,

    /// <summary>Lookup columns.</summary>
    Lookups,

    /// <summary>Evaluating the constraints.</summary>
    Quotient,

    /// <summary>Opening all columns at the out-of-domain point.</summary>
    Openings,

    /// <summary>The low-degree test.</summary>
    LowDegreeTest,

    /// <summary>Done.</summary>
    Done,
}

/// <summary>A report of a prover.</summary>
/// <param name="Stage">What begins.</param>
public readonly record struct StarkProgress(StarkStage Stage);

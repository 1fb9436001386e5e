namespace Prozchain.Rollups.Disputes;

/// <summary>Judges one transaction: all that a dispute knows about what it disputes.</summary>
/// <param name="preRoot">State root before it, which both sides agree on.</param>
/// <param name="postRoot">State root after it, as one side has it.</param>
/// <param name="step">Index of the transaction, from 0.</param>
/// <param name="witness">What is needed to execute it. Untrusted.</param>
/// <remarks>Pure, never throws, and for one (preRoot, step) never confirms two different roots.</remarks>
public delegate StepVerdict StepCheck(in Digest32 preRoot, in Digest32 postRoot, ulong step, ReadOnlySpan<byte> witness);

/// <summary>What executing one transaction again showed.</summary>
public enum StepVerdict : byte
{
    /// <summary>The witness is not one for this step: nothing was shown.</summary>
    Unreadable,

    /// <summary>The root after the step is right.</summary>
    Confirmed,

    /// <summary>The step was executed, and its root is another one.</summary>
    Refuted,
}

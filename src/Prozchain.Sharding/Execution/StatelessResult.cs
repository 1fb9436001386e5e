namespace Prozchain.Sharding.Execution;

/// <summary>What executing a micro-block from a witness found.</summary>
public enum StatelessFault : byte
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>The witness is none, or does not lead to the root before the block.</summary>
    BadWitness,

    /// <summary>The block touches a cell that the witness does not cover, or removes one without what that takes.</summary>
    MissingCell,

    /// <summary>The witness shows more than the block needs.</summary>
    UnusedCell,

    /// <summary>No valid block has this body.</summary>
    BadBody,

    /// <summary>The state root after the block is not the claimed one.</summary>
    WrongPostRoot,

    /// <summary>The write digest is not the claimed one.</summary>
    WrongWriteDigest,

    /// <summary>The receipts root is not the claimed one.</summary>
    WrongReceiptsRoot,
}

/// <summary>What a micro-block does to a state: what its certificate claims, and what executing it gives.</summary>
/// <param name="PostRoot">The state root after it.</param>
/// <param name="WriteDigest">Its <see cref="MicroBlockOutcome.WriteDigest"/>.</param>
/// <param name="ReceiptsRoot">Its <see cref="MicroBlockOutcome.ReceiptsRoot"/>.</param>
public readonly record struct ExecutionEffect(Digest PostRoot, Digest WriteDigest, Digest ReceiptsRoot);

/// <summary>What executing a micro-block from a witness gave.</summary>
/// <param name="Fault">What is wrong, or <see cref="StatelessFault.None"/>.</param>
/// <param name="Body">What is wrong with the body, for <see cref="StatelessFault.BadBody"/>.</param>
/// <param name="Effect">What the block does, without a fault or where it is not what was claimed.</param>
public readonly record struct StatelessResult(StatelessFault Fault, ExecutionResult Body, ExecutionEffect Effect);

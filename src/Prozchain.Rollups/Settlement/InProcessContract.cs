using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// A contract of an <see cref="InProcessChain"/>: code without fields that change, over a state that is an immutable
/// value. Whatever it did is undone when it answers that it failed.
/// </summary>
internal abstract class InProcessContract
{
    /// <summary>What the contract's state is when it is created; immutable.</summary>
    public abstract object Genesis { get; }

    /// <summary>The same of a contract that remembers when it was created.</summary>
    /// <param name="block">The block that creates it.</param>
    public virtual object GenesisAt(ChainBlock block) => Genesis;

    /// <summary>Runs a call. Deterministic; answers hostile input with a failure, never an exception.</summary>
    /// <param name="frame">Who calls, when, and what the contract may do.</param>
    /// <param name="input">Selector and arguments in Solidity's ABI.</param>
    public abstract ChainAnswer Run(InProcessFrame frame, ReadOnlySpan<byte> input);
}

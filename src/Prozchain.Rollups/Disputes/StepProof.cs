namespace Prozchain.Rollups.Disputes;

/// <summary>What executing one step again needs, besides the batch's number and time. Untrusted wherever it comes from.</summary>
/// <param name="Before">The machine before the step.</param>
/// <param name="Item">The step.</param>
/// <param name="Witness">The part of the state that it touches (docs/formats/rollups-witness.md).</param>
/// <param name="Exits">If something leaves the rollup: what shows the next free place in the exit tree.</param>
public sealed record StepProof(StepMachine Before, StepItem Item, ReadOnlyMemory<byte> Witness, ReadOnlyMemory<Digest32> Exits)
{
    /// <summary>
    /// The proof of a batch's first step as a contract takes it: the machine shows the exit root of the batch before, which the
    /// leaf before the step names besides the state.
    /// </summary>
    internal StepProof AsFirst(in Digest32 exitRoot) => this with { Before = Before with { ExitRoot = exitRoot } };
}

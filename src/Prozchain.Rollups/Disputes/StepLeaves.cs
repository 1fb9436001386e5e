using System.Runtime.InteropServices;
using Prozchain.Rollups.Transition;
using Prozchain.Shared;

namespace Prozchain.Rollups.Disputes;

/// <summary>What a step left behind, besides the state: what the batch's steps used so far, and how much left the rollup.</summary>
/// <param name="Used">On both meters.</param>
/// <param name="Exits">Effects so far.</param>
internal readonly record struct StepMark(ResourceUse Used, int Exits);

/// <summary>The leaves of a claim about a batch, all at once, out of what its execution noted.</summary>
internal static class StepLeaves
{
    private const int Chunk = 256;

    /// <summary>The leaf after each step; the last one, after Close, is the edge.</summary>
    /// <param name="preRoot">State root before the batch.</param>
    /// <param name="forced">How many steps are forced items.</param>
    /// <param name="roots">State root after each step but Close.</param>
    /// <param name="marks">As many.</param>
    /// <param name="effects">All that its steps said, also where Close undoes it.</param>
    /// <param name="cap">The cap of a batch; null where batches are bare and have none.</param>
    /// <param name="segmentSteps">Steps of a segment; 0 for none.</param>
    /// <param name="machines">Gets what stands after each segment that ends before Close.</param>
    public static Digest32[] Of(in Digest32 preRoot, int forced, ReadOnlySpan<Digest32> roots, ReadOnlySpan<StepMark> marks, EffectLog effects, ResourceUse? cap, uint segmentSteps = 0, List<StepMachine>? machines = null)
    {
        var leaves = new Digest32[roots.Length + 1];
        var rows = new byte[Math.Min(Chunk, roots.Length) * StepMachine.Size];
        var exits = new ExitPrefix();
        StepMachine machine = cap is null ? StepMachine.Bare(preRoot, default, 0, preRoot) : StepMachine.Begin(preRoot);
        for (int at = 0; at < roots.Length;)
        {
            int first = at, end = Math.Min(at + Chunk, roots.Length);
            for (; at < end; at++)
            {
                for (int exit = (int)machine.Exits; exit < marks[at].Exits; exit++) exits.Append(effects.Leaf(exit));
                machine = machine with { StateRoot = roots[at], ExitRoot = exits.Root, Exits = (ulong)marks[at].Exits };
                if (cap is not null) machine = machine with { Used = marks[at].Used };
                if (cap is not null && at < forced) machine = machine with { ForcedRoot = machine.StateRoot, ForcedExits = machine.ExitRoot };
                if (segmentSteps > 0 && (at + 1) % segmentSteps == 0) machines?.Add(machine);
                machine.Write(rows.AsSpan((at - first) * StepMachine.Size));
            }
            KeccakLanes.HashRows(rows.AsSpan(0, (end - first) * StepMachine.Size), StepMachine.Size, MemoryMarshal.AsBytes(leaves.AsSpan(first, end - first)));
        }
        leaves[^1] = (cap is { } most ? machine.Close(most) : machine).Edge();
        return leaves;
    }
}

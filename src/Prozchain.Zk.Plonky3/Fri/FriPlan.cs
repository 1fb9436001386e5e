using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Fri;

/// <summary>The heights that a codeword goes through: checked against the statement before anything is computed.</summary>
internal static class FriPlan
{
    /// <summary>Whether the rounds of a proof lead from the largest height to the final polynomial and stop at every height with an input.</summary>
    /// <param name="logHeights">log2 of the heights with inputs, blowup included.</param>
    /// <param name="proof">The proof.</param>
    /// <param name="config">The parameters.</param>
    public static bool Fits<TField, TExt>(IReadOnlySet<int> logHeights, FriProof<TField, TExt> proof, Plonky3Config config)
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField>
    {
        int height = logHeights.Max(), last = config.LogBlowup + config.LogFinalLength;
        int passed = 1;
        for (int round = 0; round < proof.Steps.Length; round++)
        {
            height -= proof.Steps[round].LogArity;
            if (height < last || proof.Caps[round].Length != CapSize(config.CapHeight, height)) return false;
            if (logHeights.Contains(height)) passed++;
        }
        // An input of a single row is constant: it is checked apart, and needs no round.
        if (last > config.LogBlowup && logHeights.Contains(config.LogBlowup)) passed++;
        return height == last && passed == logHeights.Count;
    }

    /// <summary>Whether inputs of these heights can be folded down to the final polynomial.</summary>
    public static bool Ends(IEnumerable<int> logHeights, Plonky3Config config)
    {
        int last = config.LogBlowup + config.LogFinalLength;
        return logHeights.Max() >= last && logHeights.All(height => height >= last || height == config.LogBlowup);
    }

    /// <summary>Digests of the cap of a tree.</summary>
    public static int CapSize(int capHeight, int logHeight) => 1 << Math.Min(capHeight, logHeight);

    /// <summary>The arities that the peer's prover takes: the largest that skip no input and do not pass the end.</summary>
    public static List<int> Schedule(IReadOnlySet<int> logHeights, Plonky3Config config)
    {
        int height = logHeights.Max(), last = config.LogBlowup + config.LogFinalLength;
        List<int> arities = [];
        while (height > last)
        {
            int next = logHeights.Where(other => other < height).DefaultIfEmpty(last).Max();
            arities.Add(Math.Min(config.MaxLogArity, height - Math.Max(next, last)));
            height -= arities[^1];
        }
        return arities;
    }
}

using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;

namespace Prozchain.Zk.Stark;

/// <summary>
/// What prover and verifier derive from an AIR once. An early table, one that uses shared buses, is read twice: with its constraints and the
/// proof's own buses like any table, and once more with the shared ones alone, whose challenges are others; both read the same columns.
/// </summary>
internal sealed class StarkTable<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    /// <param name="air">The AIR.</param>
    /// <param name="place">The number of its trace.</param>
    /// <param name="whole">All of it.</param>
    /// <param name="lookups">What of it this table proves: all of it, unless it uses shared buses.</param>
    public StarkTable(IAir air, int place, ConstraintGraph whole, TableLookups lookups)
    {
        (Air, Place, Lookups, IsEarly) = (air, place, lookups, lookups.Graph != whole);
        foreach (GraphNode node in whole.Nodes.Span)
        {
            UsesNext |= node.Operation == GraphOperation.Next;
            UsesPreprocessedNext |= node.Operation == GraphOperation.PreprocessedNext;
        }
        Tape = new(lookups);
        Degree = lookups.MaxDegree;
        if (Shape.PreprocessedWidth == 0) return;
        if (Shape.Height == 0) throw new ArgumentException($"Expected a fixed height of {Shape.Name}, whose preprocessed columns are committed once, got none.", nameof(air));
        Preprocessed = new(Shape.PreprocessedWidth, Shape.Height);
        air.Preprocess(Preprocessed);
    }

    /// <summary>The second reading of an early table.</summary>
    public StarkTable(StarkTable<TField> early, TableLookups shared)
    {
        (Air, Place, Lookups, Preprocessed) = (early.Air, early.Place, shared, early.Preprocessed);
        Tape = new(shared);
        Degree = shared.MaxDegree;
    }

    public IAir Air { get; }

    /// <summary>The number of the trace whose columns it reads.</summary>
    public int Place { get; }

    /// <summary>Whether its columns are committed to before the challenges of shared buses are drawn.</summary>
    public bool IsEarly { get; }

    /// <summary>Whether it is the second reading of an early table, which commits to no columns of the trace.</summary>
    public bool IsShared => Graph.Part.IsShared;

    public ConstraintGraph Graph => Lookups.Graph;

    public TableLookups Lookups { get; }

    public AirTape<TField> Tape { get; }

    public AirShape Shape => Graph.Shape;

    /// <summary>Highest degree of a constraint, those of the lookups included.</summary>
    public int Degree { get; }

    public bool UsesNext { get; }

    public bool UsesPreprocessedNext { get; }

    /// <summary>The preprocessed columns in the order of rows, or null.</summary>
    public Trace<TField>? Preprocessed { get; }

    /// <summary>log2 of the chunks of N values of this table's quotient: no more than the parameters count.</summary>
    public int LogChunks(bool zeroKnowledge)
    {
        int masking = zeroKnowledge ? 1 : 0, log = masking;
        while (1 << (log - masking) < Math.Max(Degree + masking, 2) - 1) log++;
        return log;
    }
}

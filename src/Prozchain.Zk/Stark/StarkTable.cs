using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;

namespace Prozchain.Zk.Stark;

/// <summary>What prover and verifier derive from an AIR once.</summary>
internal sealed class StarkTable<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    public StarkTable(IAir air, ConstraintGraph graph, TableLookups lookups)
    {
        (Air, Graph, Lookups) = (air, graph, lookups);
        foreach (GraphNode node in graph.Nodes.Span)
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

    public IAir Air { get; }

    public ConstraintGraph Graph { get; }

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

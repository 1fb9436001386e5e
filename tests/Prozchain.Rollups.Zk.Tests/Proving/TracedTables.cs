using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>All tables of a batch, as its proofs have them, and what a verifier checks beside them.</summary>
internal static class TracedTables
{
    /// <summary>Every table, every bus of a proof and those between proofs, with the messages and public values that follow from the statement.</summary>
    public static void AssertAll<TCells>(BatchTracer<TCells, TCells> tracer, BatchRules rules) where TCells : struct, IPermutationCells<F>
    {
        BatchStatement statement = tracer.Statement;
        List<SegmentBoundary> boundaries = [];
        List<ProofTables> segments = [];
        for (int segment = 1; segment <= tracer.Segments; segment++)
        {
            segments.Add(tracer.Segment(segment, out SegmentBoundary start, out SegmentBoundary end));
            if (segment == 1) boundaries.Add(start);
            boundaries.Add(end);
        }
        BatchProof proof = new(statement, boundaries, tracer.Claims, [.. boundaries.Select(_ => BatchVerifierTests.Dummy)]);
        rules = rules with { IsWithheld = static _ => true };
        Assert.Equal(BatchRefusal.Valid, BatchChecks.Check(statement.Asked(), statement, rules, statement.Setup, out PostedHead head).Refusal);
        Assert.True(new ForcedMessages<TCells>(rules).TryTell(statement, tracer.Claims, statement.IsLive ? head.Count : 0, out ExecutedPart executed, out _));
        Assert.Equal(BatchRefusal.Valid, BatchChecks.Check(proof, rules, head, executed).Refusal);

        ProofTables tree = tracer.Tree();
        (IAir[] treeAirs, IAir[] segmentAirs) = (BatchCircuit<TCells>.TreeAirs(), BatchCircuit<TCells>.SegmentAirs(rules.Payments.AmountExponent));
        Assert.Equal(TableValues.OfTree(treeAirs, statement), tree.PublicValues);
        List<TraceChecker<F>> checkers = [Add(treeAirs, tree)];
        for (int segment = 1; segment <= tracer.Segments; segment++)
        {
            Assert.Equal(TableValues.OfSegment(segmentAirs, proof, (uint)BatchChecks.LengthRead(statement, rules), segment, executed), segments[segment - 1].PublicValues);
            checkers.Add(Add(segmentAirs, segments[segment - 1]));
        }
        IReadOnlyList<TraceFault> faults = TraceChecker<F>.Faults(checkers, BatchCircuit<TCells>.Between);
        Assert.True(faults.Count == 0, string.Join('\n', faults.Take(30)));
    }

    private static TraceChecker<F> Add(IAir[] airs, ProofTables tables)
    {
        TraceChecker<F> checker = new(64);
        for (int i = 0; i < airs.Length; i++) checker.Add(airs[i], tables.Traces[i], tables.PublicValues[i]);
        return checker.AddMessages(tables.Messages);
    }
}

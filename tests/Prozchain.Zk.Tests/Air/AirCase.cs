using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Air;

/// <summary>An AIR with a trace that satisfies it but for what other tables would ask on its buses.</summary>
internal abstract class AirCase
{
    public static AirCase Of<TAir>(TAir air, Trace<F> trace, params F[] publicValues) where TAir : struct, IAir => new AirCase<TAir>(air, trace, publicValues);

    public abstract ConstraintGraph Graph { get; }

    public abstract Trace<F> Trace { get; }

    /// <summary>The preprocessed columns, or null if there are none.</summary>
    public abstract Trace<F>? Preprocessed { get; }

    public abstract F[] PublicValues { get; }

    /// <summary>The faults of the constraints alone.</summary>
    public abstract IReadOnlyList<TraceFault> ConstraintFaults();

    /// <summary>The constraints of the extended table at a point.</summary>
    public abstract Extension<F, KoalaBear4> AtPoint(Stark.ExtendedTable table, Extension<F, KoalaBear4> point);

    /// <summary>Asserts that a cell changed to another value breaks a constraint or changes what the row says on a bus.</summary>
    public abstract void AssertChangeFound(int column, int row, F value);

    /// <summary>Asserts that the graph gives the values that the AIR gives, at a random point.</summary>
    public abstract void AssertGraphAgrees(int seed);

    /// <summary>Changes cells one by one: each to the other bit if it holds one, else to its successor.</summary>
    public void AssertEachChangeFound(int row)
    {
        for (int column = 0; column < Trace.Width; column++) AssertOtherFound(column, row);
    }

    public void AssertRandomChangesFound(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        for (int i = 0; i < count; i++)
        {
            int column = random.Next(Trace.Width), row = random.Next(Trace.Height);
            AssertOtherFound(column, row);
            AssertChangeFound(column, row, Trace[column, row] + F.FromUInt32((uint)random.Next(1, 1 << 30)));
        }
    }

    private void AssertOtherFound(int column, int row) =>
        AssertChangeFound(column, row, Trace[column, row] == F.One ? F.Zero : Trace[column, row] + F.One);
}

internal sealed class AirCase<TAir>(TAir air, Trace<F> trace, F[] publicValues) : AirCase where TAir : struct, IAir
{
    private readonly TableRows<TAir, F> _rows = new(air, trace, publicValues);

    public override ConstraintGraph Graph { get; } = ConstraintGraph.Of(air);

    public override Trace<F> Trace => trace;

    public override Trace<F>? Preprocessed
    {
        get
        {
            if (Graph.Shape.PreprocessedWidth == 0) return null;
            var columns = new Trace<F>(Graph.Shape.PreprocessedWidth, trace.Height);
            air.Preprocess(columns);
            return columns;
        }
    }

    public override F[] PublicValues => publicValues;

    public override IReadOnlyList<TraceFault> ConstraintFaults()
    {
        List<TraceFault> faults = [];
        for (int row = 0; row < trace.Height; row++) _rows.Evaluate(row, faults, new(), F.One);
        return faults;
    }

    public override Extension<F, KoalaBear4> AtPoint(Stark.ExtendedTable table, Extension<F, KoalaBear4> point) => table.AtPoint(air, point);

    public override void AssertChangeFound(int column, int row, F value)
    {
        List<TraceFault> faults = [];
        BusLedger<F> ledger = new();
        int[] seen = [.. new[] { row, (row + trace.Height - 1) % trace.Height }.Distinct()];
        foreach (int at in seen) _rows.Evaluate(at, null, ledger, -F.One);
        F before = trace[column, row];
        trace[column, row] = value;
        foreach (int at in seen) _rows.Evaluate(at, faults, ledger, F.One);
        trace[column, row] = before;
        Assert.True(faults.Count > 0 || ledger.Faults().Any(), $"{Graph.Shape.Name}: expected column {column} of row {row} to matter; {before} became {value} unnoticed.");
    }

    public override void AssertGraphAgrees(int seed)
    {
        AirShape shape = Graph.Shape;
        AirPoint<F> point = new()
        {
            Local = FieldTools.Elements<F>(shape.Width, seed),
            Next = FieldTools.Elements<F>(shape.Width, seed + 1),
            Preprocessed = FieldTools.Elements<F>(shape.PreprocessedWidth, seed + 2),
            PreprocessedNext = FieldTools.Elements<F>(shape.PreprocessedWidth, seed + 3),
            Periodic = FieldTools.Elements<F>(shape.Periodic.Count, seed + 4),
            Public = FieldTools.Elements<F>(shape.PublicValues, seed + 5),
        };
        PointBuilder<F, RecordingSink> builder = new(point, new([], []));
        air.Eval<PointBuilder<F, RecordingSink>, FieldValue<F>>(ref builder);
        var nodes = new F[Graph.Nodes.Length];
        Graph.Evaluate(point, nodes);
        Assert.Equal(builder.Sink.Constraints, Graph.Constraints.Select(constraint => (constraint.Rows, nodes[constraint.Node], constraint.Label, constraint.Index)));
        Assert.Equal(builder.Sink.Messages, Graph.Interactions.SelectMany(interaction => new[] { nodes[interaction.Multiplicity] }
            .Concat(interaction.Message.ToArray().Select(node => nodes[node]))));
    }
}

/// <summary>Keeps everything that an AIR states.</summary>
internal readonly struct RecordingSink(List<(Rows, F, string, int)> constraints, List<F> messages) : IAirSink<F>
{
    public List<(Rows, F, string, int)> Constraints => constraints;

    public List<F> Messages => messages;

    public void Constraint(Rows rows, F value, string label, int index) => constraints.Add((rows, value, label, index));

    public void Interaction(Bus bus, BusDirection direction, F multiplicity, scoped ReadOnlySpan<FieldValue<F>> message, uint bound)
    {
        messages.Add(multiplicity);
        foreach (FieldValue<F> element in message) messages.Add(element.Value);
    }
}

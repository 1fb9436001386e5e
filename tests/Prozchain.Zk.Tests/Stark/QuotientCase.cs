using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transforms;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>A table of random columns or of a trace, extended to a block.</summary>
internal static class QuotientCase
{
    /// <summary>A block of random polynomials: no trace at all, but any values of the constraints.</summary>
    public static QuotientTask<F, TParameters> Random<TParameters>(TableLookups lookups, int logRows, int logBlock, int seed) where TParameters : struct, IExtensionParameters<F>
    {
        AirShape shape = lookups.Graph.Shape;
        int length = 1 << logBlock;
        return new()
        {
            Tape = new(lookups),
            LogRows = logRows,
            LogBlock = logBlock,
            Shift = F.MultiplicativeGenerator * F.TwoAdicGenerator(logBlock + 2),
            Main = Columns(shape.Width, length, seed),
            Preprocessed = Columns(shape.PreprocessedWidth, length, seed + 1),
            Lookup = Columns(lookups.Columns * TParameters.Degree, length, seed + 2),
            PublicValues = FieldTools.Elements<F>(shape.PublicValues, seed + 3),
            Gamma = FieldTools.Element<Extension<F, TParameters>>(seed + 4),
            Alpha = FieldTools.Element<Extension<F, TParameters>>(seed + 5),
            Beta = FieldTools.Element<Extension<F, TParameters>>(seed + 6),
            Terminal = FieldTools.Element<Extension<F, TParameters>>(seed + 7),
        };
    }

    /// <summary>The compiled quotient, and the naive one.</summary>
    public static (F[] Compiled, F[] Naive) Both<TParameters>(QuotientTask<F, TParameters> task, int threads = 1) where TParameters : struct, IExtensionParameters<F>
    {
        int length = 1 << task.LogBlock, stride = length + 3;
        F[] compiled = new F[TParameters.Degree * stride], naive = new F[TParameters.Degree * stride];
        QuotientEvaluator.Evaluate(task, compiled, new(TParameters.Degree, stride), threads, TestContext.Current.CancellationToken);
        NaiveQuotient.Evaluate(task, naive, new(TParameters.Degree, stride));
        return (compiled, naive);
    }

    private static ColumnBlock<F> Columns(int count, int length, int seed)
    {
        int stride = ColumnLayout.PaddedStride(length);
        return count == 0 ? default : new(new ColumnMemory<F>(FieldTools.Elements<F>(count * stride, seed), new(count, stride)));
    }
}

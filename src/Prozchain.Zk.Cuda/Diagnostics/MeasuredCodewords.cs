using System.Buffers.Binary;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Transcripts;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using E = Prozchain.Zk.Fields.KoalaBear5;

namespace Prozchain.Zk.Cuda.Diagnostics;

/// <summary>Openings, their combination into a codeword, its fold, and proof of work.</summary>
internal static class MeasuredCodewords
{
    private const int LogBlowup = 1, LogArity = 3, GrindingBits = 63;

    // Of what is compared with the processor.
    private const int LogSmall = 10, Narrow = 9;

    private static int Degree => E.Degree;

    public static void Measure(SelfTestBench bench)
    {
        int width = bench.Options.Columns, logRows = bench.Fit(bench.Options.LogRows, log => 4L * (width + 12 * Degree) << (log + LogBlowup));
        long rows = 1L << logRows, size = rows << LogBlowup;
        Extension<F, E> point = SelfTestData.Challenge<E>(21);
        WorkCost weight = new(Degree * DeviceMatrix.ElementSize, WorkCost.PointInverse(Degree) + Degree * WorkCost.Product);
        bench.Measure($"weights of a point, 2^{logRows} rows", weight * rows, null, CheckOpening, session =>
        {
            DeviceOpenings<F, E> openings = new(session, TransformTables.Upload<F>(session));
            return () => openings.Weights(logRows, point).Dispose();
        });
        bench.Measure($"values of 2^{logRows} x {width} at a point", WorkCost.Opening(width, Degree) * rows, null, CheckOpening, session =>
        {
            DeviceOpenings<F, E> openings = new(session, TransformTables.Upload<F>(session));
            DeviceMatrix matrix = SelfTestData.Columns(session, logRows, LogBlowup, width, 22);
            DeviceBuffer weights = openings.Weights(logRows, point);
            return () => openings.Evaluate(matrix, weights, point);
        });
        bench.Measure($"combination of 2^{logRows + LogBlowup} x {width} at 2 points", WorkCost.Combination(width, 2, Degree) * size, null, CheckCombination, session =>
        {
            Opened opened = new(session, logRows, width);
            return () => opened.Combine().Dispose();
        });
        bench.Measure($"fold of 2^{logRows + LogBlowup} by {1 << LogArity}", WorkCost.Fold(LogArity, Degree) * (size >> LogArity), null, CheckFold, session =>
        {
            DeviceFolds<F, E> folds = new(session, TransformTables.Upload<F>(session));
            DeviceCodeword<F> codeword = new(SelfTestData.Columns(session, logRows + LogBlowup, 0, Degree, 23), F.MultiplicativeGenerator);
            return () => folds.Fold(codeword, LogArity, point).Dispose();
        });
        int logNonces = bench.Options.LogRows + 6;
        WorkCost hash = new(0, HashCost.OfNode<F, ByteMatrixHash<F, Keccak256>>().Operations, IsLogic: true);
        bench.Measure($"grinding, 2^{logNonces} nonces", hash * (1L << logNonces), null, CheckGrinding, session =>
        {
            DeviceBuffer found = session.Upload<ulong>([ulong.MaxValue], "a nonce");
            return () => session.Launch(
                new("keccak", "keccak_grind"), new(session.Device.Multiprocessors * 8, 128), found, 1UL, 2UL, 3UL, 4UL, 5, 0UL, 1UL << logNonces, GrindingBits);
        });
    }

    private static bool CheckOpening(DeviceSession session)
    {
        DeviceOpenings<F, E> openings = new(session, TransformTables.Upload<F>(session));
        DeviceMatrix matrix = SelfTestData.Columns(session, LogSmall, LogBlowup, Narrow, 24);
        Extension<F, E> point = SelfTestData.Challenge<E>(25);
        return new PointEvaluator<F, E>(LogSmall, point).Evaluate(new(LogSmall, LogBlowup, new(SelfTestData.Read(session, matrix), new(Narrow, 1 << matrix.LogSize))))
            .AsSpan().SequenceEqual(openings.Evaluate(matrix, openings.Weights(LogSmall, point), point));
    }

    private static bool CheckCombination(DeviceSession session)
    {
        Opened opened = new(session, LogSmall, Narrow);
        var expected = new Codeword<F>(LogSmall + LogBlowup, Degree, F.MultiplicativeGenerator);
        F[] values = SelfTestData.Read(session, opened.Matrix), domain = new F[1 << expected.LogSize];
        DomainPoints<F>.Fill(domain, F.MultiplicativeGenerator, F.TwoAdicGenerator(expected.LogSize));
        for (int i = 0; i < domain.Length; i++)
        {
            // By definition: the processor's own way relies on the columns' degree.
            Extension<F, E> sum = default;
            for (int point = 0; point < opened.Height.Points.Count; point++)
            {
                Extension<F, E> difference = opened.Values[point];
                for (int column = 0; column < Narrow; column++)
                    difference -= opened.Coefficients[opened.Height.Points[point].Terms[0].FirstCoefficient + column] * values[column * domain.Length + i];
                sum += difference * (opened.Height.Points[point].Point - Extension<F, E>.FromBase(domain[i])).Inverse();
            }
            for (int power = 0; power < Degree; power++) expected.Column(power)[i] = sum[power];
        }
        return AreSame(expected, opened.Folds.Read(opened.Combine()));
    }

    private static bool CheckFold(DeviceSession session)
    {
        DeviceFolds<F, E> folds = new(session, TransformTables.Upload<F>(session));
        F shift = F.MultiplicativeGenerator;
        DeviceCodeword<F> codeword = new(SelfTestData.Columns(session, LogSmall, 0, Degree, 26), shift);
        Codeword<F> onHost = folds.Read(codeword);
        Extension<F, E> beta = SelfTestData.Challenge<E>(27);
        Codeword<F> expected = CodewordFold<F, E>.Fold(new FoldRows<F>(onHost, LogArity), beta, new(), 1, default);
        return AreSame(expected, folds.Read(folds.Fold(codeword, LogArity, beta)));
    }

    private static bool CheckGrinding(DeviceSession session)
    {
        var state = new byte[32];
        for (int i = 0; i < state.Length; i += 4) BinaryPrimitives.WriteUInt32LittleEndian(state.AsSpan(i), SelfTestData.Word((uint)i, uint.MaxValue, 28));
        GrindingPuzzle<Keccak256> puzzle = new(state, 10);
        return DeviceGrinder.Solve(session, puzzle, default) == puzzle.Solve(1, default);
    }

    private static bool AreSame(Codeword<F> expected, Codeword<F> got)
    {
        for (int power = 0; power < Degree; power++)
            if (!expected.Column(power).SequenceEqual(got.Column(power))) return false;
        return true;
    }

    // A matrix at two points.
    private sealed class Opened
    {
        private readonly DeviceOpenings<F, E> _openings;

        public Opened(DeviceSession session, int logRows, int width)
        {
            DeviceBuffer roots = TransformTables.Upload<F>(session);
            (_openings, Folds) = (new(session, roots), new(session, roots));
            Matrix = SelfTestData.Columns(session, logRows, LogBlowup, width, 29);
            Coefficients = [.. Enumerable.Range(0, 2 * width).Select(i => SelfTestData.Challenge<E>((uint)(30 + i)))];
            Values = [SelfTestData.Challenge<E>(7), SelfTestData.Challenge<E>(8)];
            Height = new(logRows + LogBlowup, [.. Enumerable.Range(0, 2).Select(i =>
                new PointClaims<Extension<F, E>>(SelfTestData.Challenge<E>((uint)(9 + i)), [new ClaimTerm(0, 0, width, i * width, 0)]))]);
        }

        public DeviceFolds<F, E> Folds { get; }

        public DeviceMatrix Matrix { get; }

        public Extension<F, E>[] Coefficients { get; }

        public Extension<F, E>[] Values { get; }

        public HeightClaims<Extension<F, E>> Height { get; }

        public DeviceCodeword<F> Combine() => _openings.Combine(Height, Values, Coefficients, _ => Matrix);
    }
}

using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Cuda.Tests.Backend;

[Collection(nameof(DeviceTests))]
public sealed class DeviceOpeningsTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 3)]
    [InlineData(4, 5)]
    [InlineData(11, 9)]
    public void Evaluate_AtAPoint_IsTheHosts(int logRows, int width)
    {
        CheckEvaluate<Field31<KoalaBear>, KoalaBear4>(logRows, width);
        CheckEvaluate<Field31<KoalaBear>, KoalaBear5>(logRows, width);
        CheckEvaluate<Field31<KoalaBear>, KoalaBear6>(logRows, width);
        CheckEvaluate<Field31<KoalaBear>, KoalaBear8>(logRows, width);
        CheckEvaluate<Field31<BabyBear>, BabyBear4>(logRows, width);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Combine_OfMatricesAtSomePoints_IsTheHosts(int points)
    {
        CheckCombine<Field31<KoalaBear>, KoalaBear4>(5, points);
        CheckCombine<Field31<KoalaBear>, KoalaBear5>(1, points);
        CheckCombine<Field31<BabyBear>, BabyBear4>(9, points);
    }

    private static void CheckEvaluate<TField, TParameters>(int logRows, int width)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
    {
        Samples<TField, TParameters> samples = new(logRows + width);
        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 1L << 28);
        using DeviceTransforms<TField> transforms = new(session);
        TField[] values = samples.Elements(width << (logRows + 1));
        using DeviceMatrix matrix = DeviceMatrix.Allocate(session, logRows, 1, width, "columns");
        session.Write<TField>(matrix.Values, 0, values);
        Extension<TField, TParameters> point = samples.Extended();
        DeviceOpenings<TField, TParameters> openings = new(session, transforms.Roots);
        using DeviceBuffer weights = openings.Weights(logRows, point);
        Extension<TField, TParameters>[] expected = new PointEvaluator<TField, TParameters>(logRows, point).Evaluate(new(logRows, 1, new(values, new(width, 2 << logRows))));
        Assert.Equal(expected, openings.Evaluate(matrix, weights, point));
    }

    private static void CheckCombine<TField, TParameters>(int logRows, int points)
        where TField : unmanaged, ITwoAdicField<TField>
        where TParameters : unmanaged, IExtensionParameters<TField>
    {
        Samples<TField, TParameters> samples = new(logRows);
        int[] widths = [3, 1, 6];
        // The host relies on the columns' degree.
        var extension = new CosetExtension<TField>(logRows, 1, TField.MultiplicativeGenerator);
        TField[][] columns = [.. widths.Select(width =>
        {
            var extended = new TField[width << (logRows + 1)];
            extension.Extend(samples.Elements(width << logRows), new(width, 1 << logRows), extended, new(width, 2 << logRows));
            return extended;
        })];
        ExtendedMatrix<TField>[] matrices = [.. widths.Select((width, i) => new ExtendedMatrix<TField>(logRows, 1, new(columns[i], new(width, 2 << logRows))))];
        Extension<TField, TParameters>[] coefficients = [.. Enumerable.Range(0, 40).Select(_ => samples.Extended())];
        TField[][] coordinates = BatchingCoefficients.Coordinates<TField, Extension<TField, TParameters>>(coefficients);
        HeightClaims<Extension<TField, TParameters>> height = new(logRows + 1, []);
        Extension<TField, TParameters>[] values = [.. Enumerable.Range(0, points).Select(_ => samples.Extended())];
        int next = 0;
        for (int point = 0; point < points; point++)
        {
            List<ClaimTerm> terms = [];
            // The first matrix is opened everywhere, each other one at one point.
            for (int matrix = 0; matrix < widths.Length; matrix++)
            {
                if (matrix != 0 && matrix % points != point) continue;
                terms.Add(new(0, matrix, widths[matrix], next, 0));
                next += widths[matrix];
            }
            height.Points.Add(new(samples.Extended(), terms));
        }
        var expected = new Codeword<TField>(logRows + 1, TParameters.Degree, TField.MultiplicativeGenerator);
        DeepQuotient<TField, TParameters>.Combine(
            [.. height.Points.Select((point, i) => new DeepPoint<TField, TParameters>(point.Point, values[i], [.. point.Terms.Select(term => new DeepTerm<TField>(matrices[term.Matrix], coordinates, term.FirstCoefficient))]))],
            expected, new(), 1, default);

        using CudaDevice device = TestDevice.Open();
        using DeviceSession session = new(device, 1L << 28);
        using DeviceTransforms<TField> transforms = new(session);
        DeviceMatrix[] uploaded = [.. widths.Select((width, i) =>
        {
            DeviceMatrix matrix = DeviceMatrix.Allocate(session, logRows, 1, width, "columns");
            session.Write<TField>(matrix.Values, 0, columns[i]);
            return matrix;
        })];
        using DeviceCodeword<TField> combined = new DeviceOpenings<TField, TParameters>(session, transforms.Roots).Combine(height, values, coefficients, term => uploaded[term.Matrix]);
        Codeword<TField> got = new DeviceFolds<TField, TParameters>(session, transforms.Roots).Read(combined);
        for (int power = 0; power < TParameters.Degree; power++) Assert.True(expected.Column(power).SequenceEqual(got.Column(power)), $"coordinate {power}");
    }
}

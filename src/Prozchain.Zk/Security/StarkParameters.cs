using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Transcripts;

namespace Prozchain.Zk.Security;

/// <summary>
/// All numbers that prover and verifier of a STARK agree on, together with the proof that they reach their target. They are made
/// only by the solver or by reading an encoding, which runs the calculator again: parameters below their target do not exist.
/// Wire form: docs/formats/zk-parameters.md.
/// </summary>
/// <remarks>Immutable and thread-safe. Proven bounds only (<see cref="SecurityReport"/>).</remarks>
public sealed class StarkParameters : IEquatable<StarkParameters>
{
    /// <summary>The least target that can be asked for.</summary>
    public const int MinTargetBits = 80;

    private static readonly SolverOptions s_defaults = new();

    private readonly ParameterSet _set;
    private readonly byte[] _encoded;
    private readonly byte[] _digest = new byte[32];

    private StarkParameters(ParameterSet set)
    {
        if (set.Problem() is { } problem) throw new ArgumentException(problem, nameof(set));
        _set = set;
        Report = ReportOf(set);
        if (Report.ProvenBits < set.TargetBits) throw new ArgumentException(Refusal(set, Report), nameof(set));
        _encoded = ParameterWire.Encode(set);
        Keccak256.Hash(_encoded, _digest);
    }

    /// <summary>What the proof speaks about.</summary>
    public StarkShape Shape => _set.Shape;

    /// <summary>The bits that were asked for; <see cref="SecurityReport.ProvenBits"/> of the report is no less.</summary>
    public int TargetBits => _set.TargetBits;

    /// <summary>What is proven, round by round.</summary>
    public SecurityReport Report { get; }

    /// <summary>Degree of the extension that challenges are drawn from.</summary>
    public int ExtensionDegree => _set.ExtensionDegree;

    /// <summary>log2 of the evaluation domain over the committed degree bound.</summary>
    public int LogBlowup => _set.LogBlowup;

    /// <summary>How columns and points are combined.</summary>
    public BatchingKind Batching => _set.Batching;

    /// <summary>Positions that are opened, drawn with replacement.</summary>
    public int Queries => _set.Queries;

    /// <summary>log2 of the largest arity of a fold.</summary>
    public int MaxLogArity => _set.MaxLogArity;

    /// <summary>log2 of the coefficients at which folding stops.</summary>
    public int LogFinalLength => _set.LogFinalLength;

    /// <summary>Proof of work before each round.</summary>
    public GrindingBits Grinding => _set.Grinding;

    /// <summary>Bits of the digests of commitments and transcript.</summary>
    public int DigestBits => _set.DigestBits;

    /// <summary>Chunks of the quotient of one table.</summary>
    public int QuotientChunks => Shape.QuotientChunks;

    /// <summary>Bytes of salt in each leaf, if the proof hides the witness, else 0.</summary>
    public int SaltBytes => Shape.ZeroKnowledge ? ProofCost.SaltBytes(_set) : 0;

    /// <summary>
    /// Random rows that each table needs to hide the witness: one for each value of a column that the proof may give away. For each
    /// opening point these are the queries, at which the quotient tells of the column at the next row too, and the coordinates of
    /// an extension element. 0 without zero knowledge.
    /// </summary>
    public int HidingRows => _set.HidingRows;

    /// <summary>
    /// log2 of the fewest rows to which a table is padded: the shape's least, or more if zero knowledge needs as many random rows.
    /// </summary>
    public int LeastPaddedLogRows => Math.Max(Shape.MinLogRows, StarkShape.LogCeiling(HidingRows));

    /// <summary>Bytes expected of a proof of the tallest tables, by the solver's cost model.</summary>
    public long ExpectedProofBytes => (long)Math.Round(ProofCost.Bytes(_set));

    /// <summary>Keccak-256 of the encoding: a commitment to all parameters.</summary>
    public ReadOnlySpan<byte> Digest => _digest;

    /// <summary>Parameters that prove 100 bits.</summary>
    /// <exception cref="ArgumentException">The shape is none, or nothing within the default options reaches the target.</exception>
    public static StarkParameters Secure100(StarkShape shape) => ForTarget(100, shape);

    /// <summary>Parameters that prove 128 bits.</summary>
    /// <exception cref="ArgumentException">The shape is none, or nothing within the default options reaches the target.</exception>
    public static StarkParameters Secure128(StarkShape shape) => ForTarget(128, shape);

    /// <summary>The cheapest parameters that prove a number of bits.</summary>
    /// <param name="bits">80 to 256.</param>
    /// <param name="shape">What is proven.</param>
    /// <param name="options">What the solver may choose from; null for the defaults.</param>
    /// <exception cref="ArgumentException">A number is out of range, or nothing within the options reaches the target; the message says how near they come.</exception>
    public static StarkParameters ForTarget(int bits, StarkShape shape, SolverOptions? options = null)
    {
        if (TryForTarget(bits, shape, options, out StarkParameters? parameters, out SecurityReport report)) return parameters!;
        throw new ArgumentException($"Expected {bits} proven bits, got at most {Bits(report)} within the options; binding round: {report.BindingRound.Name}.", nameof(shape));
    }

    /// <summary>The cheapest parameters that prove a number of bits, if there are any.</summary>
    /// <param name="bits">80 to 256.</param>
    /// <param name="shape">What is proven.</param>
    /// <param name="options">What the solver may choose from; null for the defaults.</param>
    /// <param name="parameters">The parameters, or null.</param>
    /// <param name="report">What they prove, or what those prove that come nearest.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static bool TryForTarget(int bits, StarkShape shape, SolverOptions? options, out StarkParameters? parameters, out SecurityReport report)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (bits is < MinTargetBits or > 256) throw new ArgumentException($"Expected {MinTargetBits} to 256 bits, got {bits}.", nameof(bits));
        options ??= s_defaults;
        if (shape.Problem() is { } wrongShape) throw new ArgumentException(wrongShape, nameof(shape));
        if (options.Problem() is { } wrongOptions) throw new ArgumentException(wrongOptions, nameof(options));
        ParameterSet? solved = ParameterSolver.Solve(bits, shape, options, out ParameterSet nearest);
        parameters = solved is null ? null : new(solved);
        report = parameters?.Report ?? ReportOf(nearest);
        Debug.Assert(parameters is not null || report.ProvenBits < bits);
        return parameters is not null;
    }

    /// <summary>Folds of the low-degree test, as log2 of each arity: the largest that is allowed and skips no table's height.</summary>
    /// <param name="tableLogRows">log2 of the rows of each table of the proof, in any order.</param>
    /// <exception cref="ArgumentException">There is no table, or one outside the heights of the shape.</exception>
    public int[] FoldSchedule(params ReadOnlySpan<int> tableLogRows) => _set.FoldLogArities(tableLogRows);

    /// <summary>Absorbs the whole encoding, so that every challenge depends on every parameter.</summary>
    public void Bind(ITranscript transcript)
    {
        ArgumentNullException.ThrowIfNull(transcript);
        transcript.Absorb("stark parameters"u8, _encoded);
    }

    /// <summary>Length in bytes of the encoding.</summary>
    public int EncodedSize => _encoded.Length;

    /// <summary>Writes the one encoding of these parameters.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(_encoded);
    }

    /// <summary>
    /// Reads parameters from untrusted bytes, of which none may be left over, and runs the calculator over them. Never throws on
    /// the bytes.
    /// </summary>
    /// <param name="source">The encoding.</param>
    /// <param name="leastTarget">The least target that the caller accepts, 80 to 256 bits.</param>
    /// <param name="parameters">The parameters, or null.</param>
    /// <exception cref="ArgumentException">The least target is out of range.</exception>
    public static ParametersReadResult TryRead(ReadOnlySpan<byte> source, int leastTarget, out StarkParameters? parameters)
    {
        if (leastTarget is < MinTargetBits or > 256) throw new ArgumentException($"Expected {MinTargetBits} to 256 bits, got {leastTarget}.", nameof(leastTarget));
        return TryReadAny(source, leastTarget, out parameters);
    }

    /// <summary>The same without a floor, for parameters of benchmarks.</summary>
    internal static ParametersReadResult TryReadAny(ReadOnlySpan<byte> source, int leastTarget, out StarkParameters? parameters)
    {
        parameters = null;
        ParametersReadResult result = ParameterWire.Decode(source, out ParameterSet? set);
        if (result != ParametersReadResult.Ok) return result;
        if (set!.TargetBits < leastTarget) return ParametersReadResult.TargetTooLow;
        if (new SoundnessModel(ProtocolNumbers.Of(set), set.Bound).ProvenBits() < set.TargetBits) return ParametersReadResult.BelowTarget;
        parameters = new(set);
        return ParametersReadResult.Ok;
    }

    /// <inheritdoc/>
    public bool Equals(StarkParameters? other) => other is not null && _encoded.AsSpan().SequenceEqual(other._encoded);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as StarkParameters);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_digest);

    /// <summary>The report, for people.</summary>
    public override string ToString() => Report.ToString();

    /// <summary>
    /// Parameters as others run them, for benchmarks against them. The target is what they prove in the better regime.
    /// </summary>
    internal static StarkParameters ForBenchmark(StarkShape shape, int extensionDegree, int logBlowup, int queries, GrindingBits grinding, int maxLogArity, int logFinalLength, int digestBits = 256) =>
        new(ParameterSolver.BestRegime(new()
        {
            Shape = shape,
            TargetBits = 1,
            ExtensionDegree = extensionDegree,
            LogBlowup = logBlowup,
            Regime = ProximityRegime.UniqueDecoding,
            Multiplicity = 0,
            Batching = BatchingKind.Powers,
            Queries = queries,
            MaxLogArity = maxLogArity,
            LogFinalLength = logFinalLength,
            Grinding = grinding,
            DigestBits = digestBits,
        }));

    private static SecurityReport ReportOf(ParameterSet set) => new(ProtocolNumbers.Of(set), set.Bound, string.Create(CultureInfo.InvariantCulture,
        $"{set.Shape.Field}^{set.ExtensionDegree}, 2^{set.Shape.MinLogRows} to 2^{set.Shape.MaxLogRows} rows, {set.Shape.Columns} columns, blowup {1 << set.LogBlowup}, {set.Queries} queries, folds by {1 << set.MaxLogArity} to 2^{set.LogFinalLength}, batching by {set.Batching}, digests of {set.DigestBits} bits{(set.Shape.ZeroKnowledge ? ", hiding" : "")}"));

    private static string Refusal(ParameterSet set, SecurityReport report) =>
        $"Expected {set.TargetBits} proven bits, got {Bits(report)}; binding round: {report.BindingRound.Name}.";

    private static string Bits(SecurityReport report) => report.ProvenBits.ToString("F2", CultureInfo.InvariantCulture);
}

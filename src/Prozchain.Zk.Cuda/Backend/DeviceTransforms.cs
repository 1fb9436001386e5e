using Prozchain.Zk.Commitments;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>
/// Low-degree extensions, interpolation and evaluation of many columns on the device, with the values that
/// <see cref="CosetExtension{TField}"/> gives. For one caller at a time, within the session's stream.
/// </summary>
internal sealed class DeviceTransforms<TField> : IDisposable where TField : unmanaged, ITwoAdicField<TField>
{
    private const string Module = "transforms";
    private const int Threads = 256, TileBytes = (4096 + 4096 / 16) * 4, MaxColumns = 1 << 15, InvertPart = 1, EvaluatePart = 2;

    private readonly DeviceSession _session;
    private readonly DeviceBuffer _roots;
    private readonly Dictionary<(int LogSize, bool IsNatural, TField Factor, int Cosets, int Parts), (DeviceBuffer Inner, DeviceBuffer Outer)> _factors = [];

    /// <summary>See <see cref="TransformTables"/>.</summary>
    public DeviceBuffer Roots => _roots;

    public DeviceTransforms(DeviceSession session)
    {
        _session = session;
        _roots = TransformTables.Upload<TField>(session);
    }

    /// <summary>
    /// Extends columns of values on a coset to the evaluation domain. Destroys them. Natural order takes as much memory again as the target
    /// has, for a while: give few columns at a time.
    /// </summary>
    /// <param name="source">2^<see cref="DeviceMatrix.LogRows"/> values a column; other memory than the target's or, in natural order, the first block of each of its columns.</param>
    /// <param name="order">Their order.</param>
    /// <param name="factor">The first point of the evaluation domain over the first of the values' coset.</param>
    /// <param name="target">The extension, or some of its columns.</param>
    public void Extend(DeviceMatrix source, TransformOrder order, TField factor, DeviceMatrix target)
    {
        int logRows = source.LogRows, cosets = 1 << target.LogBlowup;
        TransformPass[] passes = TransformPass.Plan(logRows);
        if (order == TransformOrder.BitReversed)
        {
            for (int i = 0; i < passes.Length - 1; i++) Pass("invert_time", source, source, logRows, passes[i]);
            Turn(source, target, passes[^1], isNatural: false, InvertPart | EvaluatePart, factor, cosets);
            for (int i = passes.Length - 2; i >= 0; i--) Pass("evaluate_frequency", AsColumns(target, logRows), AsColumns(target, logRows), logRows, passes[i]);
            return;
        }
        for (int i = passes.Length - 1; i > 0; i--) Pass("invert_frequency", source, source, logRows, passes[i]);
        if (passes.Length == 1)
        {
            Turn(source, target, passes[0], isNatural: true, InvertPart | EvaluatePart, factor, cosets, isReversed: true);
            return;
        }
        using DeviceMatrix between = DeviceMatrix.Allocate(_session, target.LogRows, target.LogBlowup, target.Width, "columns between passes");
        Turn(source, between, passes[0], isNatural: true, InvertPart | EvaluatePart, factor, cosets);
        DeviceMatrix flat = AsColumns(between, logRows);
        for (int i = 1; i < passes.Length - 1; i++) Pass("evaluate_time", flat, flat, logRows, passes[i]);
        Pass("evaluate_time", flat, AsColumns(target, logRows), logRows, passes[^1], isReversed: true);
    }

    /// <summary>The values of extended columns on one block of a larger domain, from those on the first.</summary>
    public DeviceMatrix Block(DeviceMatrix matrix, int block, string purpose)
    {
        DeviceMatrix values = DeviceMatrix.Allocate(_session, matrix.LogRows, 0, matrix.Width, purpose);
        using DeviceMatrix first = DeviceMatrix.Allocate(_session, matrix.LogRows, 0, matrix.Width, purpose);
        CopyBlock(matrix, 0, first);
        Extend(first, TransformOrder.BitReversed, DomainPoints<TField>.BlockShift(matrix.LogRows, block), values);
        return values;
    }

    /// <summary>Copies one block of extended columns.</summary>
    public void CopyBlock(DeviceMatrix matrix, int block, DeviceMatrix target)
    {
        long bytes = (long)DeviceMatrix.ElementSize << matrix.LogRows;
        for (int column = 0; column < matrix.Width; column++)
            _session.Copy(matrix.Values, matrix.At(column) + block * bytes, target.Values, target.At(column), bytes);
    }

    /// <summary>Values in bit-reversed order become, in their place, coefficients in natural order, of the polynomial in x over the coset's first point.</summary>
    public void Interpolate(DeviceMatrix columns)
    {
        TransformPass[] passes = TransformPass.Plan(columns.LogRows);
        for (int i = 0; i < passes.Length - 1; i++) Pass("invert_time", columns, columns, columns.LogRows, passes[i]);
        Turn(columns, columns, passes[^1], isNatural: false, InvertPart, TField.One, 1);
    }

    /// <summary>Values on the evaluation domain in bit-reversed order, from coefficients in natural order.</summary>
    /// <param name="coefficients">2^<see cref="DeviceMatrix.LogRows"/> a column, of a polynomial in x over some point; only read.</param>
    /// <param name="factor">The first point of the evaluation domain over that point.</param>
    /// <param name="target">The values. May be the coefficients, if there is but one block.</param>
    /// <param name="isOnce">Whether the factor's powers are let go again.</param>
    public void Evaluate(DeviceMatrix coefficients, TField factor, DeviceMatrix target, bool isOnce = false)
    {
        int logRows = coefficients.LogRows, cosets = 1 << target.LogBlowup;
        TransformPass[] passes = TransformPass.Plan(logRows);
        Turn(coefficients, target, passes[^1], isNatural: false, EvaluatePart, factor, cosets);
        for (int i = passes.Length - 2; i >= 0; i--) Pass("evaluate_frequency", AsColumns(target, logRows), AsColumns(target, logRows), logRows, passes[i]);
        if (!isOnce || !_factors.Remove((logRows, false, factor, cosets, EvaluatePart), out (DeviceBuffer Inner, DeviceBuffer Outer) powers)) return;
        powers.Inner.Dispose();
        powers.Outer.Dispose();
    }

    /// <summary>Coefficients in natural order become those of the residue that has the same values on a coset of fewer points.</summary>
    /// <param name="coefficients">2^<see cref="DeviceMatrix.LogRows"/> a column; only read.</param>
    /// <param name="first">The first point of the coset.</param>
    /// <param name="target">At most as many a column.</param>
    public void Reduce(DeviceMatrix coefficients, TField first, DeviceMatrix target)
    {
        TField step = FieldMath.Power(first, 1UL << target.LogRows);
        KernelName name = new(Module, $"{KernelPrefix.Of<TField>()}_reduce_window");
        for (int column = 0; column < target.Width; column += MaxColumns)
        {
            KernelGrid grid = KernelGrid.ForEach(1L << target.LogRows) with { BlocksY = Math.Min(MaxColumns, target.Width - column) };
            _session.Launch(
                name, grid, target.Column(column), coefficients.Column(column), target.Stride, coefficients.Stride, target.LogRows, 1 << (coefficients.LogRows - target.LogRows), RawElements.Of(step));
        }
    }

    /// <summary>Bytes of the powers that one kind of transform keeps.</summary>
    public static long FactorBytes(int logSize, int cosets, bool isNatural)
    {
        TransformPass[] passes = TransformPass.Plan(logSize);
        int points = (isNatural ? passes[0] : passes[^1]).Points;
        return (long)DeviceMatrix.ElementSize * cosets * ((1L << points) + (1L << (logSize - points)));
    }

    /// <summary>Coefficients of chunks become those of masked chunks: see docs/formats/zk-stark.md, Identity.</summary>
    /// <param name="chunks">Columns of 2^logRows coefficients and as much room again.</param>
    /// <param name="masks">As many columns of 2^logRows coefficients.</param>
    /// <param name="logRows">log2 of the rows of the trace.</param>
    /// <param name="shift">The chunk's first point.</param>
    public void Mask(DeviceMatrix chunks, DeviceBuffer masks, int logRows, TField shift)
    {
        KernelGrid grid = KernelGrid.ForEach(1L << logRows) with { BlocksY = chunks.Width };
        _session.Launch(new(Module, $"{KernelPrefix.Of<TField>()}_mask_chunk"), grid, chunks.Column(0), masks, chunks.Stride, logRows, RawElements.Of(shift));
    }

    public void Dispose()
    {
        foreach ((DeviceBuffer inner, DeviceBuffer outer) in _factors.Values)
        {
            inner.Dispose();
            outer.Dispose();
        }
        _roots.Dispose();
    }

    // Each block of an extended column as a column of its own.
    private static DeviceMatrix AsColumns(DeviceMatrix matrix, int logRows) => matrix.Stride == 1L << matrix.LogSize
        ? matrix with { LogRows = logRows, LogBlowup = 0, Width = matrix.Width << matrix.LogBlowup, Stride = 1L << logRows }
        : throw new ArgumentException($"Expected extended columns without gaps, got a stride of {matrix.Stride} for 2^{matrix.LogSize} values.", nameof(matrix));

    private void Pass(string kernel, DeviceMatrix source, DeviceMatrix target, int logSize, TransformPass pass, bool isReversed = false)
    {
        KernelName name = new(Module, $"{KernelPrefix.Of<TField>()}_{kernel}");
        for (int first = 0; first < source.Width; first += MaxColumns)
        {
            KernelGrid grid = new(pass.Tiles(logSize), Threads, TileBytes, Math.Min(MaxColumns, source.Width - first));
            _session.Launch(
                name, grid, target.Column(first), source.Column(first), target.Stride, source.Stride, logSize, pass.Low, pass.Points, pass.Side, isReversed ? 1 : 0, _roots);
        }
    }

    private void Turn(DeviceMatrix source, DeviceMatrix target, TransformPass pass, bool isNatural, int parts, TField factor, int cosets, bool isReversed = false)
    {
        KernelName name = new(Module, $"{KernelPrefix.Of<TField>()}_turn_{(isNatural ? "natural" : "reversed")}");
        (DeviceBuffer inner, DeviceBuffer outer) = Factors(source.LogRows, pass, isNatural, parts, factor, cosets);
        for (int first = 0; first < source.Width; first += MaxColumns)
        {
            KernelGrid grid = new(pass.Tiles(source.LogRows), Threads, TileBytes, Math.Min(MaxColumns, source.Width - first));
            _session.Launch(
                name, grid, target.Column(first), source.Column(first), target.Stride, source.Stride, 1L << source.LogRows, source.LogRows, pass.Low, pass.Points, pass.Side, parts,
                cosets, inner, outer, isReversed ? 1 : 0, _roots);
        }
    }

    // The power s^i of each coset's shift s, over 2^n where coefficients come from values: in two parts, of the index in a tile and of the tile.
    private (DeviceBuffer Inner, DeviceBuffer Outer) Factors(int logSize, TransformPass pass, bool isNatural, int parts, TField factor, int cosets)
    {
        (int, bool, TField, int, int) key = (logSize, isNatural, factor, cosets, parts);
        if (_factors.TryGetValue(key, out (DeviceBuffer, DeviceBuffer) made)) return made;
        int logOuter = logSize - pass.Points;
        TField[] inner = new TField[cosets << pass.Points], outer = new TField[cosets << logOuter];
        TField scale = (parts & InvertPart) == 0 ? TField.One : TField.FromUInt64(1UL << logSize).Inverse();
        for (int coset = 0; coset < cosets; coset++)
        {
            TField shift = factor * DomainPoints<TField>.BlockShift(logSize, coset);
            Span<TField> ofInner = inner.AsSpan(coset << pass.Points, 1 << pass.Points), ofOuter = outer.AsSpan(coset << logOuter, 1 << logOuter);
            // Of coefficients in natural order the tile has the high bits of the index; of those in bit-reversed order, the reversed low ones.
            TransformTables.FillPowers(ofInner, TField.One, FieldMath.Power(shift, 1UL << logOuter));
            TransformTables.FillPowers(ofOuter, scale, shift);
            if (!isNatural) continue;
            DomainPoints<TField>.Permute(ofInner);
            DomainPoints<TField>.Permute(ofOuter);
        }
        made = (_session.Upload<TField>(inner, "powers of shifts"), _session.Upload<TField>(outer, "powers of shifts"));
        _factors.Add(key, made);
        return made;
    }
}

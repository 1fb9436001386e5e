using System.Runtime.CompilerServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// Takes a tile of sums to where it belongs: adds the bias, requantises, narrows. Bias, M and s lie by column or by row of
/// the tile, filled for each panel by <see cref="Fill"/>.
/// </summary>
internal unsafe struct TileOutput<TLanes, TColumns, TY>
    where TLanes : unmanaged, IDotLanes<TLanes>
    where TColumns : struct, IColumnKind
    where TY : unmanaged
{
    /// <summary>Most columns or rows of a tile.</summary>
    private const int Most = 64;

    private readonly int _zero;
    private readonly int _low;
    private readonly int _high;
    private readonly bool _fits;
    private readonly bool _roundsShorts;
    private readonly int _lowShorts;
    private readonly int _highShorts;
    private readonly int _zeroShorts;
    private fixed int _bias[Most];
    private fixed int _multipliers[Most];
    private fixed int _shifts[Most];

    /// <summary>Keeps what is common to all tiles.</summary>
    /// <param name="anySums">The sums are any numbers of 32 bits, not those below 2^30 that the graph has proven.</param>
    public TileOutput(in Requantisation to, bool anySums = false)
    {
        (_zero, _low, _high) = (to.Zero, to.Low, to.High);
        // Whether all quotients fit 32 bits, and the result's limits less Z too.
        _fits = Math.Abs((long)to.Zero) <= 1 << 28 && !to.Shifts.ContainsAnyInRange((byte)0, (byte)(anySums ? 31 : 30));
        // Shorts saturate beyond any limit within a half of their range.
        _roundsShorts = TLanes.RoundsShorts && typeof(TY) == typeof(sbyte) && !ByColumn && (long)to.Low - to.Zero > short.MinValue / 2 && (long)to.High - to.Zero <= short.MaxValue / 2
            && !to.Shifts.ContainsAnyInRange((byte)0, (byte)32);
        (_lowShorts, _highShorts, _zeroShorts) = (Shorts(to.Low - to.Zero), Shorts(to.High - to.Zero), Shorts(to.Zero));
    }

    private static bool ByColumn => !TColumns.AreActivations;

    /// <summary>Takes over the parameters of some channels.</summary>
    /// <param name="corrections">Added to the bias; one for each channel of the layer.</param>
    public void Fill(int first, int count, ReadOnlySpan<int> bias, ReadOnlySpan<int> corrections, in Requantisation to)
    {
        for (int i = 0; i < count; i++)
        {
            _bias[i] = (bias.IsEmpty ? 0 : bias[first + i]) + (corrections.IsEmpty ? 0 : corrections[first + i]);
            if (typeof(TY) == typeof(int)) continue;
            int channel = to.IsPerChannel ? first + i : 0;
            _multipliers[i] = to.Multipliers[channel];
            _shifts[i] = to.Shifts[channel] - 1;
        }
    }

    /// <summary>Writes the first rows and columns of a tile of <paramref name="tileColumns"/> columns; what is read behind them does not count.</summary>
    /// <param name="stride">Elements from row to row of the result.</param>
    public void Write(int* tile, int tileColumns, int rows, int columns, TY* y, nint stride)
    {
        if (TLanes.RoundsShorts && _roundsShorts && columns == 2 * TLanes.Count) WriteRounded(tile, tileColumns, rows, (sbyte*)y, stride);
        else if (typeof(TY) != typeof(int) && (!_fits || columns <= 4)) WriteWide(tile, tileColumns, rows, columns, y, stride);
        else WriteNarrow(tile, tileColumns, rows, columns, y, stride);
    }

    /// <summary>Rows of two vectors as bytes: nearly all tiles of convolutions.</summary>
    private void WriteRounded(int* tile, int tileColumns, int rows, sbyte* y, nint stride)
    {
        TLanes low = TLanes.Broadcast(_lowShorts), high = TLanes.Broadcast(_highShorts), zero = TLanes.Broadcast(_zeroShorts), words = TLanes.Broadcast(-32);
        for (int row = 0; row < rows; row++, tile += tileColumns, y += stride)
        {
            TLanes bias = TLanes.Broadcast(_bias[row]);
            TLanes.StoreRounded(
                TLanes.Add(TLanes.Load(tile), bias), TLanes.Add(TLanes.Load(tile + TLanes.Count), bias),
                TLanes.Broadcast(_multipliers[row]), TLanes.Add(TLanes.Broadcast(_shifts[row]), words), low, high, zero, y);
        }
    }

    private void WriteNarrow(int* tile, int tileColumns, int rows, int columns, TY* y, nint stride)
    {
        TLanes low = TLanes.Broadcast(_low - _zero), high = TLanes.Broadcast(_high - _zero), zero = TLanes.Broadcast(_zero);
        // Outside runs what shares the parameters: vectors of columns where they go by column, else rows.
        fixed (int* biases = _bias, multipliers = _multipliers, shifts = _shifts)
            if (ByColumn)
                for (int column = 0; column < columns; column += TLanes.Count)
                {
                    TLanes bias = TLanes.Load(biases + column), even = TLanes.Load(multipliers + column), odd = TLanes.Load(multipliers + column + 1);
                    TLanes evenShift = TLanes.EvenHalves(TLanes.Load(shifts + column)), oddShift = TLanes.EvenHalves(TLanes.Load(shifts + column + 1));
                    bool isWhole = column + TLanes.Count <= columns;
                    for (int row = 0; row < rows; row++)
                    {
                        TLanes value = Round(tile + row * tileColumns + column, bias, even, odd, evenShift, oddShift, low, high, zero);
                        if (isWhole) Store(value, y + row * stride + column);
                        else StoreSome(value, y + row * stride + column, columns - column);
                    }
                }
            else
                for (int row = 0; row < rows; row++, tile += tileColumns, y += stride)
                {
                    TLanes bias = TLanes.Broadcast(biases[row]), multiplier = TLanes.Broadcast(multipliers[row]), shift = TLanes.EvenHalves(TLanes.Broadcast(shifts[row]));
                    int column = 0;
                    if (typeof(TY) == typeof(sbyte))
                        for (; column + 2 * TLanes.Count <= columns; column += 2 * TLanes.Count)
                            TLanes.StoreBytes(
                                Round(tile + column, bias, multiplier, multiplier, shift, shift, low, high, zero),
                                Round(tile + column + TLanes.Count, bias, multiplier, multiplier, shift, shift, low, high, zero), (sbyte*)y + column);
                    for (; column + TLanes.Count <= columns; column += TLanes.Count)
                        Store(Round(tile + column, bias, multiplier, multiplier, shift, shift, low, high, zero), y + column);
                    if (column < columns) StoreSome(Round(tile + column, bias, multiplier, multiplier, shift, shift, low, high, zero), y + column, columns - column);
                }
    }

    /// <summary>A number in both halves of a word.</summary>
    private static int Shorts(int value) => value & 0xFFFF | value << 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Round(int* sums, TLanes bias, TLanes even, TLanes odd, TLanes evenShift, TLanes oddShift, TLanes low, TLanes high, TLanes zero)
    {
        TLanes sum = TLanes.Add(TLanes.Load(sums), bias);
        return typeof(TY) == typeof(int) ? sum : TLanes.Add(TLanes.Requantise(sum, even, odd, evenShift, oddShift, low, high), zero);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreSome(TLanes value, TY* y, int count)
    {
        int* buffer = stackalloc int[16];
        Store(value, (TY*)buffer);
        new ReadOnlySpan<TY>(buffer, count).CopyTo(new Span<TY>(y, count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TLanes value, TY* y)
    {
        if (typeof(TY) == typeof(int)) TLanes.Store(value, (int*)y);
        else if (typeof(TY) == typeof(sbyte)) TLanes.StoreBytes(value, (sbyte*)y);
        else TLanes.StoreShorts(value, (short*)y);
    }

    /// <summary>The same one by one in 64 bits, for scales of a half and more and for few columns.</summary>
    private void WriteWide(int* tile, int tileColumns, int rows, int columns, TY* y, nint stride)
    {
        for (int row = 0; row < rows; row++, tile += tileColumns, y += stride)
            for (int column = 0; column < columns; column++)
            {
                int at = ByColumn ? column : row;
                long quotient = ((long)(tile[column] + _bias[at]) * _multipliers[at] >> _shifts[at]) + 1 >> 1;
                int result = (int)Math.Clamp(quotient + _zero, _low, _high);
                if (typeof(TY) == typeof(sbyte)) *(sbyte*)(y + column) = (sbyte)result;
                else *(short*)(y + column) = (short)result;
            }
    }
}

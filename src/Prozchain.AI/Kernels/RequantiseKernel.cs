namespace Prozchain.AI.Kernels;

/// <summary><see cref="Elements.Requantise"/> of any sums: runs of one channel as rows of a tile, or channels side by side as its columns.</summary>
internal static unsafe class RequantiseKernel<TLanes>
    where TLanes : unmanaged, IDotLanes<TLanes>
{
    private const int Columns = 32;

    public static void Run<TY>(int* x, int length, in Requantisation to, int inner, TY* y)
        where TY : unmanaged, System.Numerics.IBinaryInteger<TY>
    {
        if (!to.IsPerChannel) RunRows(x, length, to, Math.Max(1, length), y);
        else if (inner == 1) RunColumns(x, length, to, y);
        else RunRows(x, length, to, inner, y);
    }

    private static void RunRows<TY>(int* x, int length, in Requantisation to, int inner, TY* y)
        where TY : unmanaged, System.Numerics.IBinaryInteger<TY>
    {
        var output = new TileOutput<TLanes, PixelColumns, TY>(to, anySums: true);
        for (int i = 0, channel = 0; i < length; i += inner, channel = channel + 1 == to.Multipliers.Length ? 0 : channel + 1)
        {
            // Whole vectors only: a tile is read beyond its last column.
            int count = Math.Min(inner, length - i), whole = count / TLanes.Count * TLanes.Count;
            output.Fill(channel, 1, default, default, to);
            output.Write(x + i, 0, 1, whole, y + i, 0);
            for (int j = i + whole; j < i + count; j++) y[j] = TY.CreateTruncating(to.Apply(x[j], channel));
        }
    }

    private static void RunColumns<TY>(int* x, int length, in Requantisation to, TY* y)
        where TY : unmanaged, System.Numerics.IBinaryInteger<TY>
    {
        int channels = to.Multipliers.Length, rows = length / channels;
        var output = new TileOutput<TLanes, WeightColumns, TY>(to, anySums: true);
        int channel = 0;
        for (; channel + TLanes.Count <= channels; )
        {
            int count = Math.Min(Columns, (channels - channel) / TLanes.Count * TLanes.Count);
            output.Fill(channel, count, default, default, to);
            output.Write(x + channel, channels, rows, count, y + channel, channels);
            channel += count;
        }
        for (; channel < channels; channel++)
            for (int row = 0; row < rows; row++) y[row * channels + channel] = TY.CreateTruncating(to.Apply(x[row * channels + channel], channel));
        for (int i = rows * channels; i < length; i++) y[i] = TY.CreateTruncating(to.Apply(x[i], i - rows * channels));
    }
}

using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The compressions that tables ask for, which the writers of those tables list here: what makes the trace of
/// <see cref="CompressionAir{TCells}"/>. Not thread-safe.
/// </summary>
/// <typeparam name="TCells">The permutation.</typeparam>
internal sealed class CompressionAsks<TCells> where TCells : struct, IPermutationCells<F>
{
    private const int Width = PermutationCells.Width;

    private F[] _inputs = new F[64 * Width];
    private CompressionWindow[] _windows = new CompressionWindow[64];

    /// <summary>Asks so far: rows of the trace.</summary>
    public int Count { get; private set; }

    /// <summary>Lists an ask, and gives its answer.</summary>
    /// <param name="window">On which bus.</param>
    /// <param name="input">16 elements.</param>
    /// <param name="output">Takes the 8 elements that the bus vouches for.</param>
    public void Ask(CompressionWindow window, ReadOnlySpan<F> input, Span<F> output)
    {
        Add(window, input);
        PermutationCells.Compress<TCells, F>(input, (int)window, output[..CompressionAir<TCells>.Outputs]);
    }

    /// <summary>Lists an ask whose answer is known.</summary>
    /// <param name="window">On which bus.</param>
    /// <param name="input">16 elements.</param>
    public void Add(CompressionWindow window, ReadOnlySpan<F> input)
    {
        if (input.Length != Width) throw new ArgumentException($"Expected {Width} elements, got {input.Length}.", nameof(input));
        if (window is not (CompressionWindow.N or CompressionWindow.M)) throw new ArgumentException($"Expected window N or M, got {window}.", nameof(window));
        if (_windows.Length == Count)
        {
            Array.Resize(ref _windows, 2 * Count);
            Array.Resize(ref _inputs, 2 * Count * Width);
        }
        input.CopyTo(_inputs.AsSpan(Width * Count));
        _windows[Count++] = window;
    }

    /// <summary>Lists what another list has, after its own: for writers that worked beside each other.</summary>
    public void Add(CompressionAsks<TCells> other)
    {
        for (int i = 0; i < other.Count; i++) Add(other._windows[i], other._inputs.AsSpan(Width * i, Width));
    }

    /// <summary>The trace; each ask has a row of its own, in order.</summary>
    /// <param name="logRows">log2 of the fewest rows.</param>
    /// <param name="threads">How many may work.</param>
    public Trace<F> Generate(int logRows = 0, int threads = 1)
    {
        int counts = CompressionAir<TCells>.Counts;
        var trace = new Trace<F>(counts + 2, CircuitRows.Height(Count, logRows));
        for (int i = 0; i < Width; i++)
        {
            Span<F> column = trace.Column(i);
            for (int row = 0; row < Count; row++) column[row] = _inputs[Width * row + i];
        }
        Span<F> asksN = trace.Column(counts), asksM = trace.Column(counts + 1);
        for (int row = 0; row < Count; row++) (_windows[row] == CompressionWindow.N ? asksN : asksM)[row] = F.One;
        PermutationCells.FillRows<TCells, F>(trace, 0, Width, 0, CompressionAir<TCells>.Kept, threads);
        return trace;
    }
}

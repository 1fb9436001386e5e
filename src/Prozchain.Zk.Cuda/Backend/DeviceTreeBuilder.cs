using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Merkle;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>
/// Fills the nodes of a batch's tree on the device, as <see cref="BatchTreeBuilder{TField, THash}"/> does: first the rows of each height, whole
/// or in pieces of columns that need not be there together, then the levels.
/// </summary>
internal sealed class DeviceTreeBuilder<TField, TTree> : IDisposable
    where TField : unmanaged, IField<TField>
    where TTree : struct, IMatrixHash<TField>
{
    private const int DigestSize = 32;

    // A block makes this level and all above: the time of one hash each, as a launch each would take, less the launches.
    private const int TopLevel = 256;

    private readonly DeviceSession _session;
    private readonly BatchShape _shape;
    private readonly TreeKernels _kernels = TreeKernels.Of<TField, TTree>();
    private readonly Dictionary<int, Progress> _heights = [];

    // Heaps: digests of a level of n stand from n on. The shorter matrices' rows have one of their own.
    private readonly DeviceBuffer _nodes;
    private readonly DeviceBuffer? _rows;
    private readonly DeviceBuffer? _rowConstants;
    private readonly DeviceBuffer? _nodeConstants;
    private bool _isFinished;

    /// <exception cref="NotSupportedException">There are no kernels for the tree.</exception>
    public DeviceTreeBuilder(DeviceSession session, BatchShape shape)
    {
        (_session, _shape) = (session, shape);
        int shorter = 0;
        foreach (MatrixDimensions matrix in shape.Matrices)
        {
            _heights.TryAdd(matrix.Height, new());
            if (matrix.Height < shape.Height) shorter = Math.Max(shorter, matrix.Height);
        }
        _nodes = session.Allocate(2L * shape.Height * DigestSize, "a tree");
        if (shorter > 0) _rows = session.Allocate(2L * shorter * DigestSize, "digests of rows");
        if (_kernels.RowConstants is { } ofRows) _rowConstants = session.Upload<uint>(ofRows, "constants of a hash");
        if (_kernels.NodeConstants is { } ofNodes) _nodeConstants = session.Upload<uint>(ofNodes, "constants of a hash");
    }

    /// <summary>Columns that pieces of a row are cut at multiples of.</summary>
    public int Step => _kernels.Step;

    /// <summary>
    /// Hashes columns, all matrices of a height as one: their columns in the order of the shape, after each matrix's its salts. The columns may
    /// go once the work is done that has been asked of the session.
    /// </summary>
    /// <param name="height">Rows.</param>
    /// <param name="columns">The next columns. All of one row stride.</param>
    /// <exception cref="ArgumentException">There is no such height, or the columns do not fit the shape or <see cref="Step"/>.</exception>
    public void Absorb(int height, IReadOnlyList<DeviceColumns> columns)
    {
        if (!_heights.TryGetValue(height, out Progress? progress)) throw new ArgumentException($"Expected a height of the shape's matrices, got {height}.", nameof(height));
        long width = _shape.WidthAt(height);
        ulong[] table = Table(columns);
        int before = progress.Columns;
        bool isLast = before + table.Length == width;
        if (table.Length == 0 || before + table.Length > width || (!isLast && table.Length % Step != 0))
            throw new ArgumentException($"Expected the last {width - before} columns or a multiple of {Step} below, got {table.Length}.", nameof(columns));
        int state = _kernels.StateWords(width, isWhole: before == 0 && isLast);
        if (state > 0) progress.Kept ??= _session.Allocate((long)state * height * sizeof(uint), "states of a hash");
        using (DeviceBuffer addresses = _session.Upload<ulong>(table, "addresses of columns"))
        {
            DeviceBuffer digests = height == _shape.Height ? _nodes : _rows!;
            Launch(
                _kernels.Rows, Grid(height), _rowConstants, digests.At((long)height * DigestSize, (long)height * DigestSize), addresses, table.Length, (long)height,
                columns[0].RowStride * DeviceMatrix.ElementSize, before, isLast ? 1 : 0, progress.Kept?.Address ?? 0);
        }
        progress.Columns += table.Length;
        if (!isLast) return;
        progress.Kept?.Dispose();
        progress.Kept = null;
    }

    /// <summary>Makes the levels.</summary>
    /// <param name="matrices">The columns, if they stay for openings.</param>
    /// <exception cref="InvalidOperationException">Columns are missing.</exception>
    public DeviceTree<TField, TTree> Finish(IReadOnlyList<IReadOnlyList<DeviceColumns>>? matrices = null)
    {
        foreach ((int height, Progress progress) in _heights)
            if (progress.Columns != _shape.WidthAt(height)) throw new InvalidOperationException($"Expected {_shape.WidthAt(height)} columns of {height} rows, got {progress.Columns}.");
        int last = 1 << _shape.CapHeight, level = _shape.Height / 2;
        for (; level > Math.Max(TopLevel, last - 1); level /= 2)
            Launch(_kernels.Level, Grid(level), _nodeConstants, _nodes, level, _heights.ContainsKey(level) ? _rows!.At((long)level * DigestSize, 0) : 0UL);
        if (level >= last)
        {
            int injected = 0;
            foreach (int height in _heights.Keys)
                if (height <= level) injected |= height;
            Launch(_kernels.Top, new(1, Math.Max(32, level)), _nodeConstants, _nodes, level, last, _rows?.Address ?? 0, injected);
        }
        _isFinished = true;
        return new(_session, _shape, matrices, _nodes);
    }

    public void Dispose()
    {
        foreach (Progress progress in _heights.Values) progress.Kept?.Dispose();
        _rows?.Dispose();
        _rowConstants?.Dispose();
        _nodeConstants?.Dispose();
        if (!_isFinished) _nodes.Dispose();
    }

    private void Launch(KernelName kernel, KernelGrid grid, DeviceBuffer? constants, params ReadOnlySpan<KernelArgument> arguments)
    {
        if (constants is null) _session.Launch(kernel, grid, arguments);
        else _session.Launch(kernel, grid, [.. arguments, constants]);
    }

    // Few hashes go in blocks of a warp, for more multiprocessors to have some.
    private KernelGrid Grid(long items)
    {
        int threads = items < 512L * _session.Device.Multiprocessors ? 32 : 128;
        return new((items + threads - 1) / threads, threads);
    }

    private static ulong[] Table(IReadOnlyList<DeviceColumns> columns)
    {
        List<ulong> table = [];
        foreach (DeviceColumns some in columns)
        {
            if (some.RowStride != columns[0].RowStride) throw new ArgumentException($"Expected columns of row stride {columns[0].RowStride}, got {some.RowStride}.", nameof(columns));
            for (int i = 0; i < some.Count; i++) table.Add(some.At(0, i));
        }
        return [.. table];
    }

    private sealed class Progress
    {
        public int Columns { get; set; }

        public DeviceBuffer? Kept { get; set; }
    }
}

using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Transforms;

/// <summary>Reports the width at which tables for a field are to be made.</summary>
internal struct LaneBits<TField>(int logSize) : IPackedKernel<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly int _logSize = logSize;

    /// <summary>log2 of the elements in a vector; 0 for a transform smaller than a tile.</summary>
    public int Value { get; private set; }

    public static int For(int logSize)
    {
        var query = new LaneBits<TField>(logSize);
        TField.Dispatch(ref query);
        return query.Value;
    }

    public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        int bits = System.Numerics.BitOperations.Log2((uint)TPacked.Count);
        Value = _logSize < 2 * bits ? 0 : bits;
    }
}

/// <summary>One table over a group of columns, at the width that the table is made for.</summary>
internal unsafe struct NttColumns<TField>(
    NttTable<TField> table, int columns, TField* source, nint sourceStride, TField* work, nint workStride, TField* destination, nint destinationStride)
    : IPackedKernel<TField>
    where TField : unmanaged, ITwoAdicField<TField>
{
    public readonly void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        if (table.LaneBits > 0 || TPacked.Count == 1) Run(new NttRunner<TPacked, TField>(table, columns));
        else Run(new NttRunner<ScalarPacked<TField>, TField>(table, columns));
    }

    private readonly void Run<TPacked>(NttRunner<TPacked, TField> runner) where TPacked : struct, IPacked<TPacked, TField> =>
        runner.Run(ref *source, sourceStride, ref *work, workStride, ref *destination, destinationStride);
}

/// <summary>A part of one column: see <see cref="NttRunner{TPacked, TField}.RunPart"/>.</summary>
internal unsafe struct NttPart<TField>(NttTable<TField> table, int phase, int part, int parts, TField* source, TField* work, TField* destination)
    : IPackedKernel<TField>
    where TField : unmanaged, ITwoAdicField<TField>
{
    public readonly void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField> =>
        new NttRunner<TPacked, TField>(table, 1).RunPart(phase, part, parts, ref *source, ref *work, ref *destination);
}

/// <summary>A transform of many columns: <see cref="IColumnWork"/> for <see cref="TransformPlan{TField}"/>.</summary>
internal readonly unsafe struct TransformWork<TField>(NttTable<TField> table, TField* source, nint sourceStride, TField* destination, nint destinationStride) : IColumnWork
    where TField : unmanaged, ITwoAdicField<TField>
{
    private readonly TField* _source = source;
    private readonly TField* _destination = destination;

    public void Run(int firstColumn, int columns)
    {
        TField* from = _source + firstColumn * sourceStride, to = _destination + firstColumn * destinationStride;
        if (!table.NaturalOrder)
        {
            var direct = new NttColumns<TField>(table, columns, from, sourceStride, to, destinationStride, to, destinationStride);
            TField.Dispatch(ref direct);
            return;
        }
        // The reordering pass needs a place to read from; it may hold a witness, so it is cleared.
        int size = 1 << table.LogSize;
        TField[] rented = ArrayPool<TField>.Shared.Rent(size * columns);
        try
        {
            fixed (TField* work = rented)
            {
                var kernel = new NttColumns<TField>(table, columns, from, sourceStride, work, size, to, destinationStride);
                TField.Dispatch(ref kernel);
            }
        }
        finally
        {
            Array.Clear(rented, 0, size * columns);
            ArrayPool<TField>.Shared.Return(rented);
        }
    }
}

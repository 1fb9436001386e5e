using Prozchain.Zk.Backends;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>A codeword on the device: as many columns as the extension has degrees, in the order of <see cref="Commitments.Codeword{TField}"/>.</summary>
/// <param name="Columns">The coordinates.</param>
/// <param name="Shift">The first point.</param>
internal sealed record DeviceCodeword<TField>(DeviceMatrix Columns, TField Shift) : ICodeword, IDisposable
    where TField : unmanaged, ITwoAdicField<TField>
{
    public int LogSize => Columns.LogRows;

    public void Dispose() => Columns.Dispose();
}

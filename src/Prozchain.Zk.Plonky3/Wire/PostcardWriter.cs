using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Wire;

/// <summary>Writes postcard, in the only way that <see cref="PostcardReader"/> reads.</summary>
internal sealed class PostcardWriter(IBufferWriter<byte> output)
{
    public void Byte(byte value) => Bytes([value]);

    public void Bytes(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    public void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    public void Length(int length) => Varint((ulong)length);

    public void Field<TField>(TField value) where TField : unmanaged, IField<TField>
    {
        BinaryPrimitives.WriteUInt32LittleEndian(output.GetSpan(sizeof(uint)), FieldWord<TField>.Of(value));
        output.Advance(sizeof(uint));
    }

    public void Extension<TField, TExt>(TExt value)
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField>
    {
        for (int i = 0; i < TExt.Degree; i++) Field(value[i]);
    }

    public void Fields<TField>(ReadOnlySpan<TField> values) where TField : unmanaged, IField<TField>
    {
        Length(values.Length);
        foreach (TField value in values) Field(value);
    }

    public void Extensions<TField, TExt>(ReadOnlySpan<TExt> values)
        where TField : unmanaged, IField<TField>
        where TExt : unmanaged, IExtensionField<TExt, TField>
    {
        Length(values.Length);
        foreach (TExt value in values) Extension<TField, TExt>(value);
    }
}

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>The columns of <see cref="ParserAir"/>, and the places of its public values. A varint's bytes are counted from its first.</summary>
internal static class ParserColumns
{
    // Whether the row is one; the byte's place in the data, its low seven bits, whether the varint goes on; the transaction.
    public const int Real = 0, Offset = 1, Low = 2, More = 3, Transaction = 4;

    // Which varint: one of three.
    public const int Sender = 5, To = 6, Code = 7;

    // Which of a part's six bytes: one of six; the part: neither for 0, One for 1, Two for 2; the part's limbs up to this byte.
    public const int At = 8, One = At + 6, Two = One + 1, Limb = Two + 1;

    // The varint's first byte; that of a code. The last byte that a number below 2^30 may have; that a code may have, of all or of full rows.
    public const int Begins = Limb + 3, Opens = Begins + 1, Edge4 = Opens + 1, Edge16 = Edge4 + 1;

    // The varint's last byte that is not its first; the only byte of To; the last byte of the code.
    public const int Ends = Edge16 + 1, Alone = Ends + 1, CodeEnds = Alone + 1;

    // The inverse of Low, where it must not be 0; what is asked to be below 2^15.
    public const int Inverse = CodeEnds + 1, Asked = Inverse + 1;

    // Three low bits of a code's first byte; of all a code's bytes: the row is full; of them and of To's last: To is 0.
    public const int Form = Asked + 1, Full = Form + 3, NoTo = Full + 1;

    // The code is of a full row that is read elsewhere; that row's bytes; whether the part is told; whether a fault was shown before.
    public const int Calls = NoTo + 1, Skip = Calls + 1, Told = Skip + 1, Failed = Told + 1;

    // The fault shown here: no byte is left; Low too large for the edge; the varint goes on behind its edge; its last byte is 0; a plain
    // row without To; an amount not in its form; a fault among the fields of a full row.
    public const int Short = Failed + 1, Large = Short + 1, Long = Large + 1, Zero = Long + 1, Orphan = Zero + 1, Amount = Orphan + 1, Broken = Amount + 1;

    // Full rows before this byte, in this segment, that are read elsewhere.
    public const int Called = Broken + 1;

    public const int Width = Called + 1;

    // Public values: bytes posted; 1, or 0 for a batch with a fault; place, transaction and Failed before and after the segment's rows.
    public const int Length = 0, Live = 1, First = 2, Last = 5;

    public const int PublicValues = 8;
}

using System.Reflection;
using System.Reflection.Emit;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>
/// The methods of an assembly that some methods may come to call, by their IL: more rather than fewer. A call of a virtual method, or of an
/// interface's, static ones included, reaches that of each type that was met: made, named as a type argument or given as a root.
/// </summary>
internal sealed class ReachableCode(Assembly assembly)
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<int, OpCode> s_codes = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => (int)(ushort)code.Value);

    private readonly HashSet<MethodBase> _methods = [];
    private readonly HashSet<Type> _types = [];
    private readonly HashSet<(Type Owner, string Name)> _virtual = [];
    private readonly Queue<MethodBase> _queue = [];

    public IReadOnlyCollection<MethodBase> Methods => _methods;

    /// <summary>Methods outside the assembly that a method names.</summary>
    public static IEnumerable<MethodBase> Outside(MethodBase method) => Tokens(method).OfType<MethodBase>().Where(called => called.Module != method.Module);

    public void Add(MethodBase method)
    {
        Reach(method);
        while (_queue.TryDequeue(out MethodBase? next))
            foreach (MemberInfo member in Tokens(next)) Follow(member);
    }

    /// <summary>Takes the types that a method makes for met, without the method.</summary>
    public void MeetTypesOf(MethodBase method)
    {
        foreach (MemberInfo member in Tokens(method))
            if (member is ConstructorInfo made) Meet(made.DeclaringType!);
    }

    public void Meet(Type type)
    {
        if (type.HasElementType) type = type.GetElementType()!;
        if (type.IsGenericParameter) return;
        foreach (Type argument in type.GetGenericArguments()) Meet(argument);
        if (type.IsGenericType) type = type.GetGenericTypeDefinition();
        if (type.Assembly != assembly || !_types.Add(type)) return;
        if (type.TypeInitializer is { } initializer) Reach(initializer);
        foreach (FieldInfo field in type.GetFields(All)) Meet(field.FieldType);
        foreach ((Type owner, string name) in _virtual.ToArray()) Implementations(type, owner, name);
    }

    private void Follow(MemberInfo member)
    {
        switch (member)
        {
            case Type type:
                Meet(type);
                break;
            case FieldInfo field:
                Meet(field.DeclaringType!);
                break;
            case MethodBase method:
                if (method.DeclaringType is { } owner) Meet(owner);
                if (method.IsGenericMethod) foreach (Type argument in method.GetGenericArguments()) Meet(argument);
                if (method.IsVirtual || method.IsAbstract) Call(Definition(method.DeclaringType!), method.Name);
                Reach(method);
                break;
        }
    }

    private void Call(Type owner, string name)
    {
        if (!_virtual.Add((owner, name))) return;
        foreach (Type type in _types.ToArray()) Implementations(type, owner, name);
    }

    // An implementation has the name alone, or behind that of the interface.
    private void Implementations(Type type, Type owner, string name)
    {
        bool isOne = owner.IsInterface ? type.GetInterfaces().Any(one => Definition(one) == owner) : Bases(type).Contains(owner);
        if (!isOne) return;
        foreach (MethodInfo method in type.GetMethods(All))
            if (method.Name == name || method.Name.EndsWith("." + name, StringComparison.Ordinal)) Reach(method);
    }

    private void Reach(MethodBase method)
    {
        if (method.Module.Assembly != assembly) return;
        MethodBase definition = method.Module.ResolveMethod(method.MetadataToken)!;
        if (!_methods.Add(definition)) return;
        foreach (LocalVariableInfo local in definition.GetMethodBody()?.LocalVariables ?? []) Meet(local.LocalType);
        _queue.Enqueue(definition);
    }

    private static IEnumerable<Type> Bases(Type type)
    {
        for (Type? at = type.BaseType; at is not null; at = at.BaseType) yield return Definition(at);
    }

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    private static IEnumerable<MemberInfo> Tokens(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[] typeArguments = method.DeclaringType?.GetGenericArguments() ?? [], arguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int at = 0; at < code.Length;)
        {
            int value = code[at++];
            if (value == 0xFE) value = value << 8 | code[at++];
            OpCode operation = s_codes[value];
            switch (operation.OperandType)
            {
                case OperandType.InlineMethod or OperandType.InlineType or OperandType.InlineTok or OperandType.InlineField:
                    yield return method.Module.ResolveMember(BitConverter.ToInt32(code, at), typeArguments, arguments)!;
                    at += 4;
                    break;
                case OperandType.InlineSwitch:
                    at += 4 + 4 * BitConverter.ToInt32(code, at);
                    break;
                default:
                    at += operation.OperandType switch
                    {
                        OperandType.InlineNone => 0,
                        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                        OperandType.InlineVar => 2,
                        OperandType.InlineI8 or OperandType.InlineR => 8,
                        _ => 4,
                    };
                    break;
            }
        }
    }
}

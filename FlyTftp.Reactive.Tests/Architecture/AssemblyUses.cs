using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace FlyTftp.Reactive.Tests.Architecture;

/// <summary>
/// What the types of a compiled assembly name: base types, fields, signatures, locals and every token in their code. Read from the
/// metadata, so that nothing a source can hide (aliases, inference, generated code) is missed.
/// </summary>
public sealed class AssemblyUses : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;
    private readonly HashSet<Use> _uses = [];
    private readonly HashSet<TypeName> _unsafe = [];

    public AssemblyUses(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _metadata = _file.GetMetadataReader();
        foreach (var handle in _metadata.TypeDefinitions) Visit(_metadata.GetTypeDefinition(handle));
    }

    public IReadOnlyCollection<Use> All => _uses;

    /// <summary>Types with a pointer in a field, a signature or a local, or with a method imported from a system library.</summary>
    public IReadOnlyCollection<TypeName> Unsafe => _unsafe;

    public void Dispose() => _file.Dispose();

    private void Visit(TypeDefinition type)
    {
        var from = Outermost(type);
        var names = new SignatureNames(name => _uses.Add(new Use(from, name)));
        var own = new SignatureNames(name => _uses.Add(new Use(from, name)));
        if (!type.BaseType.IsNil) Resolve(type.BaseType, names);
        foreach (var handle in type.GetInterfaceImplementations()) Resolve(_metadata.GetInterfaceImplementation(handle).Interface, names);
        foreach (var handle in type.GetFields()) _metadata.GetFieldDefinition(handle).DecodeSignature(own, null);
        foreach (var handle in type.GetMethods())
        {
            var method = _metadata.GetMethodDefinition(handle);
            method.DecodeSignature(own, null);
            if (method.Attributes.HasFlag(MethodAttributes.PinvokeImpl)) _unsafe.Add(from);
            if (method.RelativeVirtualAddress == 0) continue;
            var body = _file.GetMethodBody(method.RelativeVirtualAddress);
            if (!body.LocalSignature.IsNil) _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(own, null);
            foreach (var token in IlTokens.Of(body.GetILReader())) VisitToken(from, token, names);
        }

        if (own.HasPointer) _unsafe.Add(from);
    }

    private void VisitToken(TypeName from, EntityHandle token, SignatureNames names)
    {
        switch (token.Kind)
        {
            case HandleKind.TypeReference or HandleKind.TypeDefinition or HandleKind.TypeSpecification:
                Resolve(token, names);
                break;
            case HandleKind.MethodSpecification:
                var generic = _metadata.GetMethodSpecification((MethodSpecificationHandle)token);
                generic.DecodeSignature(names, null);
                VisitToken(from, generic.Method, names);
                break;
            case HandleKind.MethodDefinition:
                Resolve(_metadata.GetMethodDefinition((MethodDefinitionHandle)token).GetDeclaringType(), names);
                break;
            case HandleKind.FieldDefinition:
                Resolve(_metadata.GetFieldDefinition((FieldDefinitionHandle)token).GetDeclaringType(), names);
                break;
            case HandleKind.MemberReference:
                var member = _metadata.GetMemberReference((MemberReferenceHandle)token);
                var parameters = member.GetKind() == MemberReferenceKind.Method
                    ? string.Join(',', member.DecodeMethodSignature(names, null).ParameterTypes)
                    : "";
                if (member.GetKind() == MemberReferenceKind.Field) member.DecodeFieldSignature(names, null);
                if (Resolve(member.Parent, names) is { } owner)
                    _uses.Add(new Use(from, owner, _metadata.GetString(member.Name), parameters));
                break;
        }
    }

    private TypeName? Resolve(EntityHandle handle, SignatureNames names)
    {
        switch (handle.Kind)
        {
            case HandleKind.TypeReference:
                names.GetTypeFromReference(_metadata, (TypeReferenceHandle)handle, 0);
                return SignatureNames.NameOf(_metadata, (TypeReferenceHandle)handle);
            case HandleKind.TypeDefinition:
                names.GetTypeFromDefinition(_metadata, (TypeDefinitionHandle)handle, 0);
                return SignatureNames.NameOf(_metadata, (TypeDefinitionHandle)handle);
            case HandleKind.TypeSpecification:
                names.First = null;
                _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(names, null);
                return names.First;
            default:
                return null;
        }
    }

    private TypeName Outermost(TypeDefinition type)
    {
        while (type.IsNested) type = _metadata.GetTypeDefinition(type.GetDeclaringType());
        return new TypeName(_metadata.GetString(type.Namespace), _metadata.GetString(type.Name));
    }

    /// <summary>Reports each type that a signature names, and spells the signature as BannedSymbols.txt does.</summary>
    private sealed class SignatureNames(Action<TypeName> report) : ISignatureTypeProvider<string, object?>
    {
        public bool HasPointer { get; private set; }

        public TypeName? First { get; set; }

        public static TypeName NameOf(MetadataReader reader, TypeReferenceHandle handle)
        {
            var type = reader.GetTypeReference(handle);
            if (type.ResolutionScope.Kind != HandleKind.TypeReference)
                return new TypeName(reader.GetString(type.Namespace), reader.GetString(type.Name));
            var outer = NameOf(reader, (TypeReferenceHandle)type.ResolutionScope);
            return outer with { Name = $"{outer.Name}+{reader.GetString(type.Name)}" };
        }

        public static TypeName NameOf(MetadataReader reader, TypeDefinitionHandle handle)
        {
            var type = reader.GetTypeDefinition(handle);
            if (!type.IsNested) return new TypeName(reader.GetString(type.Namespace), reader.GetString(type.Name));
            var outer = NameOf(reader, type.GetDeclaringType());
            return outer with { Name = $"{outer.Name}+{reader.GetString(type.Name)}" };
        }

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Report(NameOf(reader, handle));

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Report(NameOf(reader, handle));

        public string GetTypeFromSpecification(MetadataReader reader, object? context, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, context);

        public string GetPointerType(string elementType)
        {
            HasPointer = true;
            return elementType + "*";
        }

        public string GetFunctionPointerType(MethodSignature<string> signature) => GetPointerType("method");

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => $"System.{typeCode}";

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> arguments) => $"{genericType}<{string.Join(',', arguments)}>";

        public string GetArrayType(string elementType, ArrayShape shape) => elementType + "[,]";

        public string GetSZArrayType(string elementType) => elementType + "[]";

        public string GetByReferenceType(string elementType) => elementType + "@";

        public string GetPinnedType(string elementType) => elementType;

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        public string GetGenericMethodParameter(object? context, int index) => $"``{index}";

        public string GetGenericTypeParameter(object? context, int index) => $"`{index}";

        private string Report(TypeName name)
        {
            First ??= name;
            report(name);
            return name.ToString();
        }
    }
}

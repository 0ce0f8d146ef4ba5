"""One API in Swagger 2.0 and in OpenAPI 3.1: no client can tell them apart."""

from __future__ import annotations

from roomproof.derive.drift.compare import differences
from roomproof.derive.specification import read_specification

SWAGGER = """
swagger: '2.0'
info: {title: Rooms, version: '1'}
host: api.example.com
basePath: /v1
schemes: [https]
consumes: [application/json]
produces: [application/json]
securityDefinitions:
  basic: {type: basic}
  key: {type: apiKey, in: header, name: X-Key}
  oauth:
    type: oauth2
    flow: accessCode
    authorizationUrl: https://a
    tokenUrl: https://t
    scopes: {read: r}
security:
- basic: []
- key: []
- oauth: [read]
parameters:
  Limit: {name: limit, in: query, type: integer, format: int32, minimum: 1, maximum: 100,
    exclusiveMaximum: true, default: 20}
responses:
  Error:
    description: e
    schema: {$ref: '#/definitions/Error'}
paths:
  /rooms:
    parameters:
    - {name: X-Trace, in: header, type: string}
    get:
      parameters:
      - {$ref: '#/parameters/Limit'}
      - name: ids
        in: query
        type: array
        items: {type: integer}
        collectionFormat: multi
      - name: tags
        in: query
        type: array
        items: {type: string}
      responses:
        200:
          description: ok
          headers:
            X-Left: {type: integer}
          schema:
            type: array
            items: {$ref: '#/definitions/Room'}
        default: {$ref: '#/responses/Error'}
    post:
      parameters:
      - name: room
        in: body
        required: true
        schema: {$ref: '#/definitions/Room'}
      responses:
        201:
          description: ok
          schema: {$ref: '#/definitions/Room'}
  /rooms/{id}/picture:
    post:
      consumes: [multipart/form-data]
      parameters:
      - {name: id, in: path, required: true, type: string}
      - {name: file, in: formData, type: file, required: true}
      - {name: note, in: formData, type: string, maxLength: 5}
      responses:
        204: {description: ok}
    get:
      produces: [image/png]
      parameters:
      - {name: id, in: path, required: true, type: string}
      responses:
        200:
          description: ok
          schema: {type: file}
definitions:
  Error:
    type: object
    required: [code]
    properties:
      code: {type: integer}
  Room:
    type: object
    discriminator: kind
    required: [kind]
    properties:
      kind: {type: string}
      name: {type: string, x-nullable: true}
      size: {type: integer, minimum: 1, exclusiveMinimum: true}
  Hall:
    allOf:
    - {$ref: '#/definitions/Room'}
    - type: object
      properties:
        seats: {type: integer}
"""
OPENAPI = """
openapi: 3.1.0
info: {title: Rooms, version: '1'}
servers:
- {url: 'https://api.example.com/v1'}
security:
- b: []
- k: []
- o: [read]
paths:
  /rooms:
    get:
      parameters:
      - name: tags
        in: query
        style: form
        explode: false
        schema:
          type: array
          items: {type: string}
      - name: limit
        in: query
        schema: {type: integer, format: int32, minimum: 1, exclusiveMaximum: 100, default: 20}
      - name: ids
        in: query
        explode: true
        schema:
          type: array
          items: {type: integer}
      - name: X-Trace
        in: header
        schema: {type: string}
      responses:
        '200':
          description: ok
          headers:
            X-Left:
              schema: {type: integer}
          content:
            application/json:
              schema:
                type: array
                items: {$ref: '#/components/schemas/Room'}
        default:
          description: e
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Error'}
    post:
      parameters:
      - name: X-Trace
        in: header
        schema: {type: string}
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Room'}
      responses:
        '201':
          description: ok
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Room'}
  /rooms/{roomId}/picture:
    parameters:
    - name: roomId
      in: path
      required: true
      schema: {type: string}
    post:
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [file]
              properties:
                file: {type: string, format: binary}
                note: {type: string, maxLength: 5}
      responses:
        '204': {description: ok}
    get:
      responses:
        '200':
          description: ok
          content:
            image/png:
              schema: {type: string, format: binary}
components:
  securitySchemes:
    b: {type: http, scheme: basic}
    k: {type: apiKey, in: header, name: X-Key}
    o:
      type: oauth2
      flows:
        authorizationCode:
          authorizationUrl: https://a
          tokenUrl: https://t
          scopes: {read: r}
  schemas:
    Error:
      type: object
      required: [code]
      properties:
        code: {type: integer}
    Room:
      type: object
      discriminator: {propertyName: kind}
      required: [kind]
      properties:
        kind: {type: string}
        name:
          type: [string, 'null']
        size: {type: integer, exclusiveMinimum: 1}
    Hall:
      allOf:
      - {$ref: '#/components/schemas/Room'}
      - type: object
        properties:
          seats: {type: integer}
"""
FILES_OF_3_1 = OPENAPI.replace("file: {type: string, format: binary}", "file: {contentMediaType: image/png}")


def sentences(old: str, new: str) -> list[str]:
    roots = [read_specification(text, "rooms").root for text in (old, new)]
    return [f"{one.place.operation}: {one.sentence}" for one in differences(*roots).changes]


def test_one_api_in_two_dialects_is_no_change() -> None:
    assert sentences(SWAGGER, OPENAPI) == []
    assert sentences(OPENAPI, SWAGGER) == []


def test_a_file_may_be_described_as_3_1_does() -> None:
    assert FILES_OF_3_1 != OPENAPI
    assert sentences(SWAGGER, FILES_OF_3_1) == []


def test_a_change_is_seen_through_two_dialects() -> None:
    shorter = OPENAPI.replace("maxLength: 5", "maxLength: 4")
    assert sentences(SWAGGER, shorter) == ["POST /rooms/{roomId}/picture: maxLength was 5 and is 4"]
